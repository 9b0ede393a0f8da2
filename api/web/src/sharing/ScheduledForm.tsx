import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addressesOf,
  addScheduled,
  FORMATS,
  NEW_SCHEDULED,
  type ScheduledDraft,
  scheduledKey,
  type ScheduledReport,
  SCHEDULES,
  updateScheduled,
} from '../api/scheduled';
import { savedSegmentsQuery } from '../api/segments';
import { useSite } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { ReportChoice } from '../reports/ReportChoice';
import { CheckField, ChoiceField, TextField } from '../ui/Field';
import { SheetForm } from '../ui/Form';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';

const DESCRIPTION_MAX = 250;
const LAST_HOUR = 23;

interface ScheduledFormProps {
  /** What is edited; nothing for a new one. */
  report: ScheduledReport | undefined;
  close: () => void;
}

/** What is sent, to whom and when. */
export function ScheduledForm({ report, close }: ScheduledFormProps) {
  const { t } = useLocale();
  const site = useSite();
  const [draft, set] = useDraft<ScheduledDraft>(report ?? NEW_SCHEDULED);
  const [recipients, setRecipients] = useState(draft.recipients.join('\n'));
  const store = useChange(
    () => {
      const whole = { ...draft, recipients: addressesOf(recipients) };
      return report ? updateScheduled(site.id, report.id, whole) : addScheduled(site.id, whole);
    },
    { stale: [scheduledKey(site.id)], then: close },
  );
  return (
    <SheetForm
      name="scheduled"
      title={report ? report.description : t('scheduled.new')}
      change={store}
      close={close}
      isComplete={draft.reports.length > 0}
    >
      <TextField
        label={t('scheduled.description')}
        required
        maxLength={DESCRIPTION_MAX}
        value={draft.description}
        testId="scheduled-description"
        onText={(description) => set({ description })}
      />
      <When draft={draft} set={set} />
      <ReportChoice chosen={draft.reports} onChoose={(reports) => set({ reports })} />
      <CheckField
        label={t('scheduled.toOwner')}
        checked={draft.toOwner}
        onCheck={(toOwner) => set({ toOwner })}
      />
      <label className="field">
        {t('scheduled.recipients')}
        <textarea
          rows={2}
          value={recipients}
          data-testid="scheduled-recipients"
          onChange={({ target }) => setRecipients(target.value)}
        />
      </label>
    </SheetForm>
  );
}

interface WhenProps {
  draft: ScheduledDraft;
  set: (part: Partial<ScheduledDraft>) => void;
}

function When({ draft, set }: WhenProps) {
  const { t } = useLocale();
  const { data: segments = [] } = useQuery(savedSegmentsQuery(useSite().id));
  return (
    <>
      <div className="field-pair">
        <ChoiceField
          label={t('scheduled.when')}
          value={draft.schedule}
          options={SCHEDULES.map((value) => ({ value, text: t(`scheduled.when.${value}`) }))}
          onChoose={(schedule) => set({ schedule })}
        />
        <TextField
          label={t('scheduled.hour')}
          type="number"
          required
          min={0}
          max={LAST_HOUR}
          value={draft.hour}
          onText={(hour) => set({ hour: Number(hour) })}
        />
      </div>
      <div className="field-pair">
        <ChoiceField
          label={t('scheduled.format')}
          value={draft.format}
          options={FORMATS.map((value) => ({ value, text: t(`scheduled.format.${value}`) }))}
          onChoose={(format) => set({ format })}
        />
        <ChoiceField
          label={t('segment.label')}
          value={String(draft.idSegment)}
          options={[
            { value: '0', text: t('segment.all') },
            ...segments.map(({ id, name }) => ({ value: String(id), text: name })),
          ]}
          onChoose={(id) => set({ idSegment: Number(id) })}
        />
      </div>
    </>
  );
}
