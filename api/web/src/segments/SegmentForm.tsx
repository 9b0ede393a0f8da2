import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryOf } from '../api/reports';
import { addSegment, type SavedSegment, segmentCountQuery, updateSegment } from '../api/segments';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { CheckField, TextField } from '../ui/Field';
import { Form } from '../ui/Form';
import { Panel } from '../ui/Panel';
import { Fault } from '../ui/states';
import { useChange } from '../ui/useChange';
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
  const first = saved?.definition ?? view.segment ?? '';
  const [definition, setDefinition] = useState<Definition>(() => readDefinition(first) ?? []);
  const [name, setName] = useState(saved?.name ?? '');
  const [isShared, setShared] = useState(saved?.isShared ?? false);
  const text = writeDefinition(definition);
  const store = useChange(
    () => {
      const draft = { name, definition: text, isShared };
      return saved ? updateSegment(site.id, saved.id, draft) : addSegment(site.id, draft);
    },
    { stale: [['segments', site.id]], then: close },
  );
  return (
    <Panel title={saved ? saved.name : t('segment.new')}>
      <Form
        name="segment"
        change={store}
        close={close}
        isComplete={text !== ''}
        more={
          <button
            type="button"
            className="button-quiet"
            disabled={!text}
            onClick={() => change({ segment: text })}
          >
            {t('builder.apply')}
          </button>
        }
      >
        <Builder definition={definition} onChange={setDefinition} />
        <Count segment={text} />
        <TextField
          label={t('builder.name')}
          required
          maxLength={100}
          value={name}
          testId="segment-name"
          onText={setName}
        />
        <CheckField label={t('builder.shared')} checked={isShared} onCheck={setShared} />
      </Form>
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
