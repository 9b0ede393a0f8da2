import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { addDimension, changeDimension, type Dimension, dimensionsQuery } from '../api/admin';
import { useSite } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Panel } from '../ui/Panel';
import { Empty, Fault, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';

/** What a site tells of its visits and actions beside what all sites do. */
export function Dimensions() {
  const { t } = useLocale();
  const site = useSite();
  const dimensions = useQuery(dimensionsQuery(site.id));
  return (
    <Panel title={t('dimension.title')}>
      <p className="note">{t('dimension.lead')}</p>
      <Loaded query={dimensions} rows={3}>
        {(found) => (
          <>
            {found.length ? (
              <ul className="entries">
                {found.map((dimension) => (
                  <DimensionEntry key={dimension.id} dimension={dimension} />
                ))}
              </ul>
            ) : (
              <Empty>{t('dimension.none')}</Empty>
            )}
            <NewDimension />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function DimensionEntry({ dimension }: { dimension: Dimension }) {
  const { t } = useLocale();
  const site = useSite();
  const store = useChange(
    (isActive: boolean) => changeDimension(site.id, { ...dimension, isActive }),
    { stale: [['dimensions', site.id]] },
  );
  return (
    <li>
      <div className="entry-text">
        <strong>{dimension.name}</strong>
        <span className="badge">{t(`dimension.${dimension.scope}`)}</span>
        <small>{t('dimension.code', { id: dimension.id })}</small>
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={dimension.isActive}
          disabled={store.isPending}
          onChange={({ target }) => store.mutate(target.checked)}
        />
        {t('dimension.active')}
        <span className="hidden">: {dimension.name}</span>
      </label>
      {store.error && <Fault error={store.error} />}
    </li>
  );
}

function NewDimension() {
  const { t } = useLocale();
  const site = useSite();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Dimension['scope']>('visit');
  const store = useChange(() => addDimension(site.id, name, scope), {
    stale: [
      ['dimensions', site.id],
      ['catalogue', site.id],
    ],
    then: () => setName(''),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    store.mutate();
  };
  return (
    <form className="inline-form" onSubmit={submit}>
      <input
        className="input"
        required
        maxLength={255}
        aria-label={t('dimension.name')}
        placeholder={t('dimension.name')}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <select
        className="select"
        aria-label={t('dimension.scope')}
        value={scope}
        onChange={({ target }) => setScope(target.value as Dimension['scope'])}
      >
        <option value="visit">{t('dimension.visit')}</option>
        <option value="action">{t('dimension.action')}</option>
      </select>
      <button className="button-quiet" disabled={store.isPending}>
        {t('dimension.add')}
      </button>
      {store.error && <Fault error={store.error} />}
    </form>
  );
}
