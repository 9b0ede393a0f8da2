import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { deleteGoal, type Goal, goalFiguresQuery, goalsQuery } from '../api/goals';
import { adminSitesQuery } from '../api/rights';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { GoalForm } from '../goals/GoalForm';
import { GoalFigures } from '../goals/GoalFigures';
import { useLocale } from '../i18n/locale';
import { Confirm } from '../ui/Confirm';
import { Icon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';

/** What visitors are meant to do, and how many do. */
export function Goals() {
  const { t } = useLocale();
  const { site, query, compared } = useView();
  const [edited, setEdited] = useState<Goal | 'new'>();
  const goals = useQuery(goalsQuery(site.id));
  const { data: admin = [] } = useQuery(adminSitesQuery());
  const mayEdit = admin.includes(site.id);
  const all = useQuery(goalFiguresQuery(query, 0));
  const before = useQuery({
    ...goalFiguresQuery(compared ?? query, 0),
    enabled: compared !== undefined,
  });
  return (
    <main id="content" className="page stack">
      <PageHead title={t('nav.goals')} tools={['segment', 'compare', 'date']}>
        {mayEdit && (
          <button
            type="button"
            className="button button-small"
            data-testid="goal-new"
            onClick={() => setEdited('new')}
          >
            <Icon name="plus" />
            {t('goal.new')}
          </button>
        )}
      </PageHead>
      <Panel title={t('goal.all')} testId="goals-all">
        <Loaded query={all} rows={2}>
          {(figures) => <GoalFigures figures={figures} before={compared && before.data} />}
        </Loaded>
      </Panel>
      <Loaded query={goals} rows={6}>
        {(found) =>
          found.length ? (
            <div className="goal-grid">
              {found.map((goal) => (
                <GoalPanel
                  key={goal.id}
                  goal={goal}
                  edit={mayEdit ? () => setEdited(goal) : undefined}
                />
              ))}
            </div>
          ) : (
            <section className="panel">
              <Empty>{t('goal.none')}</Empty>
            </section>
          )
        }
      </Loaded>
      {edited && (
        <GoalForm goal={edited === 'new' ? undefined : edited} close={() => setEdited(undefined)} />
      )}
    </main>
  );
}

function GoalPanel({ goal, edit }: { goal: Goal; edit: (() => void) | undefined }) {
  const { t } = useLocale();
  const { site, search, query, compared } = useView();
  const figures = useQuery(goalFiguresQuery(query, goal.id));
  const before = useQuery({
    ...goalFiguresQuery(compared ?? query, goal.id),
    enabled: compared !== undefined,
  });
  const remove = useChange(() => deleteGoal(site.id, goal.id), { stale: [['goals', site.id]] });
  return (
    <Panel
      title={goal.name}
      tools={
        <>
          <Link
            to="/sites/$siteId/reports/$reportId"
            params={{ siteId: site.id, reportId: `Goals_get_idGoal--${goal.id}` }}
            search={search}
            className="button-quiet button-small"
          >
            {t('list.open')}
            <span className="hidden">: {goal.name}</span>
          </Link>
          {edit && (
            <>
              <button
                type="button"
                className="button-icon"
                aria-label={`${t('state.edit')}: ${goal.name}`}
                onClick={edit}
              >
                <Icon name="edit" />
              </button>
              <Confirm
                question={t('goal.delete', { name: goal.name })}
                hint={t('goal.deleteHint')}
                label={`${t('state.delete')}: ${goal.name}`}
                mutation={remove}
              />
            </>
          )}
        </>
      }
    >
      <p className="note">
        {t(`goal.match.${goal.match}`)}
        {goal.pattern && ` · ${t(`goal.pattern.${goal.patternType}`)} “${goal.pattern}”`}
      </p>
      <Loaded query={figures} rows={2}>
        {(found) => <GoalFigures figures={found} before={compared && before.data} />}
      </Loaded>
    </Panel>
  );
}
