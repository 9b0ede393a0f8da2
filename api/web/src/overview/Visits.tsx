import type { UseQueryResult } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { DayVisits } from '../api/reports';
import { useLocale } from '../i18n/locale';
import { Panel } from '../ui/Panel';
import { Loaded } from '../ui/states';

const VisitsChart = lazy(() => import('./VisitsChart'));

/** Thirty days at a glance: the sums, and the way they took. */
export function Visits({ query }: { query: UseQueryResult<DayVisits[]> }) {
  const { t } = useLocale();
  return (
    <Panel title={t('visits.title')} subtitle={t('visits.subtitle')} className="visits">
      <Loaded query={query} rows={6}>
        {(days) => (
          <>
            <Figures days={days} />
            <div className="chart" data-testid="visits-chart">
              <Suspense fallback={null}>
                <VisitsChart days={days} />
              </Suspense>
            </div>
            <DayTable days={days} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function Figures({ days }: { days: DayVisits[] }) {
  const { t, format } = useLocale();
  const sum = (field: keyof Omit<DayVisits, 'day'>): number =>
    days.reduce((total, day) => total + day[field], 0);
  const visits = sum('visits');
  const per = (field: 'actions' | 'bounces' | 'seconds'): number =>
    visits ? sum(field) / visits : 0;
  const figures = [
    { label: t('visits.total'), value: format.compact(visits) },
    { label: t('visits.actions'), value: format.decimal(per('actions')) },
    { label: t('visits.duration'), value: format.duration(per('seconds')) },
    { label: t('visits.bounce'), value: format.percent(per('bounces')) },
  ];
  return (
    <dl className="figures">
      {figures.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The chart again, for those who cannot see it. */
function DayTable({ days }: { days: DayVisits[] }) {
  const { t, format } = useLocale();
  return (
    <div className="hidden">
      <table>
        <caption>{t('visits.perDay')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('visits.day')}</th>
            <th scope="col">{t('visits.total')}</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, visits }) => (
            <tr key={day}>
              <th scope="row">{format.day(day, 'long')}</th>
              <td>{format.number(visits)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
