import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { AnnotationList } from '../annotations/AnnotationList';
import { type Annotation, annotationsQuery, notesOfSteps } from '../api/annotations';
import { type Figure, FIGURES, type Point, pointsQuery } from '../api/reports';
import { FIGURE_UNITS, written, writtenShort } from '../api/units';
import { type Grain, grainsOf, spanOf } from '../api/view';
import { LazyChart } from '../charts/LazyChart';
import { timeOption } from '../charts/timeOption';
import { useView } from '../frame/context';
import { type Locale, useLocale } from '../i18n/locale';
import { Panel } from '../ui/Panel';
import { Select } from '../ui/Select';
import { Empty, Loaded } from '../ui/states';
import { KeyFigures } from './KeyFigures';

const route = getRouteApi('/signed-in/sites/$siteId/');

/** Hours know only what a visit tells of itself. */
const OF_HOURS: readonly Figure[] = [
  'nb_visits',
  'nb_uniq_visitors',
  'nb_actions_per_visit',
  'avg_time_on_site',
  'bounce_rate',
];

/** The figures of the period and the way they took. */
export function Trend() {
  const { t } = useLocale();
  const { span } = useView();
  const { metric = 'nb_visits', by } = route.useSearch();
  const navigate = route.useNavigate();
  const grains = grainsOf(span);
  const grain = grains.find((known) => known === by) ?? grains[0]!;
  const metrics = grain === 'hour' ? OF_HOURS : FIGURES;
  const shown = metrics.find((known) => known === metric) ?? 'nb_visits';
  const choose = (part: { metric?: Figure; by?: Grain }) =>
    void navigate({ search: (before) => ({ ...before, ...part }), resetScroll: false });
  return (
    <Panel
      title={t('trend.title')}
      className="trend"
      tools={
        <>
          <Select
            label={t('trend.metric')}
            value={shown}
            options={metrics.map((value) => ({ value, text: t(`figure.${value}`) }))}
            onChange={(value) => choose({ metric: value })}
          />
          <Select
            label={t('trend.grain')}
            value={grain}
            options={grains.map((value) => ({ value, text: t(`grain.${value}`) }))}
            onChange={(value) => choose({ by: value })}
          />
        </>
      }
    >
      <KeyFigures />
      <TrendChart metric={shown} grain={grain} />
    </Panel>
  );
}

function TrendChart({ metric, grain }: { metric: Figure; grain: Grain }) {
  const { t } = useLocale();
  const { site, query, span, today, compared } = useView();
  const points = useQuery(pointsQuery(query, span, grain, today));
  const before = useQuery({
    ...pointsQuery(compared ?? query, spanOf((compared ?? query) as never, today), grain, today),
    enabled: compared !== undefined,
  });
  const { data: annotations = [] } = useQuery(annotationsQuery(site.id, span));
  return (
    <Loaded query={points} rows={5}>
      {(now) =>
        now.length ? (
          <>
            <PointsChart
              metric={metric}
              grain={grain}
              now={now}
              before={compared && before.data}
              annotations={annotations}
            />
            <Notes annotations={annotations} />
          </>
        ) : (
          <Empty>{t('trend.empty')}</Empty>
        )
      }
    </Loaded>
  );
}

interface PointsChartProps {
  metric: Figure;
  grain: Grain;
  now: Point[];
  before: Point[] | undefined;
  annotations: Annotation[];
}

/** The name of a step of time. */
function stepText(
  at: string,
  grain: Grain,
  { t, format }: Locale,
  style: 'short' | 'long',
): string {
  if (grain === 'hour') return /^\d+$/.test(at) ? t('trend.hour', { hour: at }) : at;
  if (grain === 'month') return format.day(at, style === 'short' ? 'monthShort' : 'month');
  const text = format.day(at, style);
  return grain === 'week' && style === 'long' ? t('trend.weekOf', { day: text }) : text;
}

function PointsChart({ metric, grain, now, before, annotations }: PointsChartProps) {
  const locale = useLocale();
  const { t, format } = locale;
  const { site, span, today } = useView();
  const unit = FIGURE_UNITS[metric];
  const name = t(`figure.${metric}`);
  const valueOf = ({ figures }: Point): number | null => figures[metric] ?? null;
  const notes = useMemo(
    () =>
      grain === 'hour'
        ? now.map(() => [])
        : notesOfSteps(
            now.map(({ at }) => at),
            annotations,
          ),
    [now, grain, annotations],
  );
  const draw = useMemo(
    () =>
      timeOption({
        short: now.map(({ at }) => stepText(at, grain, locale, 'short')),
        long: now.map(({ at }) => stepText(at, grain, locale, 'long')),
        series: [
          { name, values: now.map(valueOf) },
          ...(before
            ? [{ name: t('compare.earlier'), values: before.map(valueOf), isCompared: true }]
            : []),
        ],
        notes,
        isOpen: span.from <= today && today <= span.to,
        value: (value) => written(value, unit, format, site.currency),
        compact: (value) => writtenShort(value, unit, format, site.currency),
        soFar: t('trend.soFar'),
      }),
    [now, before, notes, metric, grain, locale, site],
  );
  return (
    <>
      <div className="chart" data-testid="trend-chart">
        <LazyChart draw={draw} label={t('trend.label', { metric: name })} />
      </div>
      <PointsTable
        caption={t('trend.label', { metric: name })}
        rows={now.map((point) => {
          const value = valueOf(point);
          return [
            stepText(point.at, grain, locale, 'long'),
            value === null ? '–' : written(value, unit, format, site.currency),
          ];
        })}
      />
    </>
  );
}

/** What people noted about the period. */
function Notes({ annotations }: { annotations: Annotation[] }) {
  const { t } = useLocale();
  if (!annotations.length) return null;
  return (
    <section aria-label={t('note.ofPeriod')}>
      <AnnotationList annotations={annotations} />
    </section>
  );
}

/** The chart again, for those who cannot see it. */
function PointsTable({ caption, rows }: { caption: string; rows: string[][] }) {
  return (
    <div className="hidden">
      <table>
        <caption>{caption}</caption>
        <tbody>
          {rows.map(([step, value]) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
