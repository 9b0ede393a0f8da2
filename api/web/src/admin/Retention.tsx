import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  type Ages,
  changeRetention,
  type Removal,
  removalsQuery,
  removeNow,
  retentionQuery,
} from '../api/privacy';
import { useLocale } from '../i18n/locale';
import { CheckField, TextField } from '../ui/Field';
import { Form, SheetForm } from '../ui/Form';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';

/** What an age becomes when it is switched on. */
const VISIT_DAYS = 180;
const REPORT_MONTHS = 12;
const AGE_MAX = 100_000;

/** How long visits and reports are kept, on all sites. */
export function RetentionSettings() {
  const { t } = useLocale();
  const retention = useQuery(retentionQuery());
  return (
    <Panel title={t('retention.title')} subtitle={t('retention.hint')}>
      <Loaded query={retention} rows={4}>
        {(found) => <AgesForm found={found} />}
      </Loaded>
    </Panel>
  );
}

function AgesForm({ found }: { found: Ages }) {
  const { t } = useLocale();
  const [draft, set] = useDraft(found);
  const store = useChange(() => changeRetention(draft), { stale: [['retention']] });
  return (
    <Form name="retention" change={store}>
      <CheckField
        label={t('retention.visits')}
        checked={draft.visit_days !== null}
        testId="retention-visits"
        onCheck={(on) => set({ visit_days: on ? VISIT_DAYS : null })}
      />
      {draft.visit_days !== null && (
        <AgeField
          label={t('retention.visits.days')}
          age={draft.visit_days}
          testId="retention-visit-days"
          onAge={(visit_days) => set({ visit_days })}
        />
      )}
      <CheckField
        label={t('retention.reports')}
        checked={draft.report_months !== null}
        testId="retention-reports"
        onCheck={(on) => set({ report_months: on ? REPORT_MONTHS : null })}
      />
      {draft.report_months !== null && (
        <>
          <AgeField
            label={t('retention.reports.months')}
            age={draft.report_months}
            testId="retention-report-months"
            onAge={(report_months) => set({ report_months })}
          />
          <CheckField
            label={t('retention.basics')}
            checked={draft.keeps_basics}
            onCheck={(keeps_basics) => set({ keeps_basics })}
          />
        </>
      )}
      <AgeField
        label={t('retention.every')}
        age={draft.every_days}
        testId="retention-every"
        onAge={(every_days) => set({ every_days })}
      />
      <p className="note">{t('retention.stay')}</p>
    </Form>
  );
}

interface AgeFieldProps {
  label: string;
  age: number;
  testId: string;
  onAge: (age: number) => void;
}

function AgeField({ label, age, testId, onAge }: AgeFieldProps) {
  return (
    <TextField
      label={label}
      type="number"
      required
      min={1}
      max={AGE_MAX}
      value={age || ''}
      testId={testId}
      onText={(text) => onAge(Number(text))}
    />
  );
}

/** What was removed, and the way to do it now. */
export function Removals() {
  const { t } = useLocale();
  const removals = useQuery(removalsQuery());
  const [isAsking, setAsking] = useState(false);
  const remove = useChange(removeNow, {
    stale: [['retention', 'removals']],
    then: () => setAsking(false),
  });
  return (
    <Panel title={t('removals.title')} subtitle={t('removals.hint')}>
      <Loaded query={removals} rows={3}>
        {(found) =>
          found.length ? <Entries removals={found} /> : <Empty>{t('removals.none')}</Empty>
        }
      </Loaded>
      <div className="form-foot">
        {remove.isSuccess && <span role="status">{t('removals.begun')}</span>}
        <button
          type="button"
          className="button-quiet button-danger"
          data-testid="removals-now"
          onClick={() => setAsking(true)}
        >
          {t('removals.now')}
        </button>
      </div>
      {isAsking && (
        <SheetForm
          name="removal"
          title={t('removals.ask')}
          change={remove}
          submit={t('removals.now')}
          isDangerous
          close={() => setAsking(false)}
        >
          <p className="note">{t('removals.askHint')}</p>
        </SheetForm>
      )}
    </Panel>
  );
}

function Entries({ removals }: { removals: Removal[] }) {
  const { t, format } = useLocale();
  return (
    <ul className="entries" aria-label={t('removals.title')} data-testid="removals">
      {removals.map(({ what, before, at, by, rows }) => (
        <li key={`${what} ${at}`}>
          <div className="entry-text">
            <strong>
              {t(`removals.${what}`)} {t('removals.before')} {format.day(before, 'full')}
            </strong>
            <small>
              {format.moment(at / 1000)} · {by || t('removals.schedule')} ·{' '}
              {rows === null
                ? t('removals.underWay')
                : `${t('removals.rows')}: ${format.number(rows)}`}
            </small>
          </div>
        </li>
      ))}
    </ul>
  );
}
