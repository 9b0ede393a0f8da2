import { useQuery } from '@tanstack/react-query';
import { addDimension, changeDimension, type Dimension, dimensionsQuery } from '../api/admin';
import { useSite } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { CheckField, ChoiceField, TextField } from '../ui/Field';
import { Form } from '../ui/Form';
import { Panel } from '../ui/Panel';
import { Empty, Fault, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';

const SCOPES = ['visit', 'action'] as const;

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
    <li data-testid="dimension">
      <div className="entry-text">
        <strong>{dimension.name}</strong>
        <span className="badge">{t(`dimension.${dimension.scope}`)}</span>
        <small>{t('dimension.code', { id: dimension.id })}</small>
      </div>
      <CheckField
        label={
          <>
            {t('dimension.active')}
            <span className="hidden">: {dimension.name}</span>
          </>
        }
        checked={dimension.isActive}
        onCheck={store.mutate}
      />
      {store.error && <Fault error={store.error} />}
    </li>
  );
}

function NewDimension() {
  const { t } = useLocale();
  const site = useSite();
  const [draft, set] = useDraft<Pick<Dimension, 'name' | 'scope'>>({ name: '', scope: 'visit' });
  const store = useChange(() => addDimension(site.id, draft.name, draft.scope), {
    stale: [
      ['dimensions', site.id],
      ['catalogue', site.id],
    ],
    then: () => set({ name: '' }),
  });
  return (
    <Form name="dimension" change={store} submit={t('dimension.add')} isInline>
      <TextField
        label={t('dimension.name')}
        required
        maxLength={255}
        value={draft.name}
        testId="dimension-name"
        onText={(name) => set({ name })}
      />
      <ChoiceField
        label={t('dimension.scope')}
        value={draft.scope}
        options={SCOPES.map((value) => ({ value, text: t(`dimension.${value}`) }))}
        onChoose={(scope) => set({ scope })}
      />
    </Form>
  );
}
