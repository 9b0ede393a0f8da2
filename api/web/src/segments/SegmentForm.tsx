import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { queryOf } from '../api/reports';
import { addSegment, type SavedSegment, segmentCountQuery, updateSegment } from '../api/segments';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Panel } from '../ui/Panel';
import { Fault } from '../ui/states';
import { useSettled } from '../ui/useSettled';
import { Builder } from './Builder';
import { type Definition, readDefinition, writeDefinition } from './definition';

const COUNT_AFTER_MS = 400;

interface SegmentFormProps {
  /** What is edited; nothing for a new one. */
  saved: SavedSegment | undefined;
  close: () => void;
}

/** A segment in the making, and how many visits it selects. */
export function SegmentForm({ saved, close }: SegmentFormProps) {
  const { t } = useLocale();
  const { site, view, change } = useView();
  const queries = useQueryClient();
  const first = saved?.definition ?? view.segment ?? '';
  const [definition, setDefinition] = useState<Definition>(() => readDefinition(first) ?? []);
  const [name, setName] = useState(saved?.name ?? '');
  const [isShared, setShared] = useState(saved?.isShared ?? false);
  const text = writeDefinition(definition);
  const store = useMutation({
    mutationFn: () => {
      const draft = { name, definition: text, isShared };
      return saved ? updateSegment(site.id, saved.id, draft) : addSegment(site.id, draft);
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['segments', site.id] });
      close();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    store.mutate();
  };
  return (
    <Panel title={saved ? saved.name : t('segment.new')}>
      <form className="form" onSubmit={submit} data-testid="segment-form">
        <Builder definition={definition} onChange={setDefinition} />
        <Count segment={text} />
        <label className="field">
          {t('builder.name')}
          <input
            required
            maxLength={100}
            value={name}
            data-testid="segment-name"
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={isShared}
            onChange={({ target }) => setShared(target.checked)}
          />
          {t('builder.shared')}
        </label>
        {store.error && <Fault error={store.error} />}
        <div className="form-foot">
          <button type="button" className="button-quiet" onClick={close}>
            {t('state.cancel')}
          </button>
          <button
            type="button"
            className="button-quiet"
            disabled={!text}
            onClick={() => change({ segment: text })}
          >
            {t('builder.apply')}
          </button>
          <button className="button" data-testid="segment-save" disabled={!text || store.isPending}>
            {t('state.save')}
          </button>
        </div>
      </form>
    </Panel>
  );
}

/** What the segment selects of the period that is shown, counted as it is made. */
function Count({ segment }: { segment: string }) {
  const { t, tn, format } = useLocale();
  const { site, view } = useView();
  const settled = useSettled(segment, COUNT_AFTER_MS);
  const all = useQuery(segmentCountQuery(queryOf(site.id, { ...view, segment: undefined })));
  const some = useQuery({
    ...segmentCountQuery(queryOf(site.id, { ...view, segment: settled })),
    enabled: settled !== '',
  });
  if (!settled) return <p className="note">{t('builder.empty')}</p>;
  if (some.error) return <Fault error={some.error} />;
  const share = some.data !== undefined && all.data ? some.data / all.data : undefined;
  return (
    <p className="note" role="status" data-testid="segment-count" data-value={some.data}>
      {some.data === undefined ? t('state.loading') : tn('builder.count', some.data)}
      {share !== undefined && ` · ${t('builder.share', { share: format.percent(share) })}`}
    </p>
  );
}
