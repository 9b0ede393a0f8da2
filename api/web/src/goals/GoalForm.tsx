import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
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
import { Sheet } from '../ui/Sheet';
import { Fault } from '../ui/states';
import { useSettled } from '../ui/useSettled';

const COUNT_AFTER_MS = 400;

/** A goal in the making, with what it would have counted so far. */
export function GoalForm({ goal, close }: { goal: Goal | undefined; close: () => void }) {
  const { t } = useLocale();
  const site = useSite();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<GoalDraft>(goal ?? NEW_GOAL);
  const set = (part: Partial<GoalDraft>): void => setDraft({ ...draft, ...part });
  const store = useMutation({
    mutationFn: () => (goal ? updateGoal(site.id, goal.id, draft) : addGoal(site.id, draft)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['goals', site.id] });
      await queries.invalidateQueries({ queryKey: ['catalogue', site.id] });
      close();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    store.mutate();
  };
  return (
    <Sheet title={goal ? goal.name : t('goal.new')} close={close}>
      <form className="form" onSubmit={submit} data-testid="goal-form">
        <label className="field">
          {t('goal.name')}
          <input
            required
            maxLength={50}
            value={draft.name}
            data-testid="goal-name"
            onChange={({ target }) => set({ name: target.value })}
          />
        </label>
        <MatchFields draft={draft} set={set} />
        <Preview draft={draft} />
        <label className="field">
          {t('goal.revenue', { currency: site.currency })}
          <input
            type="number"
            min={0}
            step="any"
            value={draft.revenue}
            onChange={({ target }) => set({ revenue: Number(target.value) })}
          />
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={draft.isRepeated}
            onChange={({ target }) => set({ isRepeated: target.checked })}
          />
          {t('goal.repeated')}
        </label>
        {store.error && <Fault error={store.error} />}
        <div className="form-foot">
          <button type="button" className="button-quiet" onClick={close}>
            {t('state.cancel')}
          </button>
          <button className="button" data-testid="goal-save" disabled={store.isPending}>
            {t('state.save')}
          </button>
        </div>
      </form>
    </Sheet>
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
      <label className="field">
        {t('goal.when')}
        <select
          className="select"
          value={draft.match}
          onChange={({ target }) => set({ match: target.value as GoalDraft['match'] })}
        >
          {MATCHES.map((match) => (
            <option key={match} value={match}>
              {t(`goal.match.${match}`)}
            </option>
          ))}
        </select>
      </label>
      {draft.match === 'manually' ? (
        <p className="note">{t('goal.manually')}</p>
      ) : (
        <div className="field-pair">
          {!isDuration && (
            <label className="field">
              {t('goal.how')}
              <select
                className="select"
                value={draft.patternType}
                onChange={({ target }) =>
                  set({ patternType: target.value as GoalDraft['patternType'] })
                }
              >
                {PATTERNS.filter((pattern) => pattern !== 'greater_than').map((pattern) => (
                  <option key={pattern} value={pattern}>
                    {t(`goal.pattern.${pattern}`)}
                  </option>
                ))}
              </select>
            </label>
          )}
          <label className="field">
            {t(isDuration ? 'goal.minutes' : 'goal.pattern')}
            <input
              required
              type={isDuration ? 'number' : 'text'}
              min={isDuration ? 0 : undefined}
              value={draft.pattern}
              data-testid="goal-pattern"
              onChange={({ target }) => set({ pattern: target.value })}
            />
          </label>
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
