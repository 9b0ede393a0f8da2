import { useQuery } from '@tanstack/react-query';
import {
  addGoal,
  type Goal,
  type GoalDraft,
  MATCHES,
  NEW_GOAL,
  PATTERNS,
  segmentOfGoal,
  updateGoal,
} from '../api/goals';
import { segmentCountQuery } from '../api/segments';
import { useSite } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { CheckField, ChoiceField, TextField } from '../ui/Field';
import { SheetForm } from '../ui/Form';
import { Fault } from '../ui/states';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';
import { useSettled } from '../ui/useSettled';

const COUNT_AFTER_MS = 400;

/** A goal in the making, with what it would have counted so far. */
export function GoalForm({ goal, close }: { goal: Goal | undefined; close: () => void }) {
  const { t } = useLocale();
  const site = useSite();
  const [draft, set] = useDraft<GoalDraft>(goal ?? NEW_GOAL);
  const store = useChange(
    () => (goal ? updateGoal(site.id, goal.id, draft) : addGoal(site.id, draft)),
    {
      stale: [
        ['goals', site.id],
        ['catalogue', site.id],
      ],
      then: close,
    },
  );
  return (
    <SheetForm name="goal" title={goal ? goal.name : t('goal.new')} change={store} close={close}>
      <TextField
        label={t('goal.name')}
        required
        maxLength={50}
        value={draft.name}
        testId="goal-name"
        onText={(name) => set({ name })}
      />
      <MatchFields draft={draft} set={set} />
      <Preview draft={draft} />
      <TextField
        label={t('goal.revenue', { currency: site.currency })}
        type="number"
        min={0}
        step="any"
        value={draft.revenue}
        onText={(revenue) => set({ revenue: Number(revenue) })}
      />
      <CheckField
        label={t('goal.repeated')}
        checked={draft.isRepeated}
        onCheck={(isRepeated) => set({ isRepeated })}
      />
    </SheetForm>
  );
}

interface MatchFieldsProps {
  draft: GoalDraft;
  set: (part: Partial<GoalDraft>) => void;
}

function MatchFields({ draft, set }: MatchFieldsProps) {
  const { t } = useLocale();
  const isDuration = draft.match === 'visit_duration';
  return (
    <>
      <ChoiceField
        label={t('goal.when')}
        value={draft.match}
        options={MATCHES.map((value) => ({ value, text: t(`goal.match.${value}`) }))}
        onChoose={(match) => set({ match })}
      />
      {draft.match === 'manually' ? (
        <p className="note">{t('goal.manually')}</p>
      ) : (
        <div className="field-pair">
          {!isDuration && (
            <ChoiceField
              label={t('goal.how')}
              value={draft.patternType}
              options={PATTERNS.filter((value) => value !== 'greater_than').map((value) => ({
                value,
                text: t(`goal.pattern.${value}`),
              }))}
              onChoose={(patternType) => set({ patternType })}
            />
          )}
          <TextField
            label={t(isDuration ? 'goal.minutes' : 'goal.pattern')}
            required
            type={isDuration ? 'number' : 'text'}
            min={isDuration ? 0 : undefined}
            value={draft.pattern}
            testId="goal-pattern"
            onText={(pattern) => set({ pattern })}
          />
        </div>
      )}
    </>
  );
}

/** What the goal would have counted in the past thirty days. */
function Preview({ draft }: { draft: GoalDraft }) {
  const { t, tn } = useLocale();
  const site = useSite();
  const segment = useSettled(segmentOfGoal(draft), COUNT_AFTER_MS);
  const count = useQuery({
    ...segmentCountQuery({ idSite: site.id, period: 'range', date: 'last30', segment }),
    enabled: segment !== undefined,
  });
  if (!segment) return draft.pattern ? <p className="note">{t('goal.noPreview')}</p> : null;
  if (count.error) return <Fault error={count.error} />;
  return (
    <p className="note" role="status" data-testid="goal-preview" data-value={count.data}>
      {count.data === undefined ? t('state.loading') : tn('goal.preview', count.data)}
    </p>
  );
}
