import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Figure, FIGURES, type Figures, figuresQuery } from '../api/reports';
import { FIGURE_UNITS, written } from '../api/units';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Change } from '../ui/Change';
import { Loaded } from '../ui/states';

/** The report behind each figure. */
const BEHIND: Record<Figure, string> = {
  nb_visits: 'VisitsSummary_get',
  nb_uniq_visitors: 'VisitsSummary_get',
  nb_pageviews: 'Actions_getPageUrls',
  nb_actions_per_visit: 'VisitorInterest_getNumberOfVisitsPerPage',
  avg_time_on_site: 'VisitorInterest_getNumberOfVisitsPerVisitDuration',
  bounce_rate: 'Actions_getEntryPageUrls',
  nb_conversions: 'Goals_get',
  revenue: 'Goals_get',
};

/** The sums of the period, each with its way to the report behind it. */
export function KeyFigures() {
  const { query, compared } = useView();
  const figures = useQuery(figuresQuery(query));
  const before = useQuery({
    ...figuresQuery(compared ?? query),
    enabled: compared !== undefined,
  });
  return (
    <Loaded query={figures} rows={2}>
      {(now) => <FigureList now={now} before={compared && before.data} />}
    </Loaded>
  );
}

function FigureList({ now, before }: { now: Figures; before: Figures | undefined }) {
  const { t, format } = useLocale();
  const { site, search } = useView();
  return (
    <dl className="figures">
      {FIGURES.map((figure) => {
        const value = now[figure];
        const text = (number: number) =>
          written(number, FIGURE_UNITS[figure], format, site.currency);
        const past = before?.[figure];
        return (
          <div key={figure}>
            <dt>{t(`figure.${figure}`)}</dt>
            <dd>
              <Link
                to="/sites/$siteId/reports/$reportId"
                params={{ siteId: site.id, reportId: BEHIND[figure] }}
                search={search}
                data-testid={`figure-${figure}`}
                data-metric={figure}
                data-value={value}
                aria-label={`${t(`figure.${figure}`)}: ${value === undefined ? t('figure.none') : text(value)}`}
                title={value === undefined ? t('figure.none') : undefined}
              >
                {value === undefined ? '–' : text(value)}
              </Link>
              {before && (
                <Change
                  metric={figure}
                  value={value}
                  before={past}
                  title={past === undefined ? undefined : text(past)}
                />
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
