import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import type { Report } from '../api/catalogue';
import { evolutionQuery, rowLike, type Table } from '../api/table';
import { written, writtenShort } from '../api/units';
import { LazyChart } from '../charts/LazyChart';
import { barOption, ringOption } from '../charts/shareOptions';
import type { Drawn } from '../charts/useEChart';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Select } from '../ui/Select';
import { Loaded } from '../ui/states';
import { EvolutionChart } from './EvolutionChart';
import { chartShown } from './kinds';
import type { ChartKind } from './search';
import { stepsAround } from './steps';
import { useReportSearch } from './TableReport';

const CountryMap = lazy(() => import('../charts/CountryMap'));

const BARS_MAX = 24;
const PARTS_MAX = 6;

interface ReportChartProps {
  report: Report;
  table: Table;
  before: Table | undefined;
  onDrawn: (drawn: Drawn) => void;
}

/** A report as a picture of one of its metrics. */
export function ReportChart({ report, table, before, onDrawn }: ReportChartProps) {
  const { t, word } = useLocale();
  const [search, change] = useReportSearch();
  const kind = chartShown(report, search.chart);
  if (kind === 'none' || !table.columns.length || !table.rows.length) return null;
  const metric = table.columns.find(({ name }) => name === search.metric) ?? table.columns[0]!;
  return (
    <div className="report-chart" data-testid={`chart-${kind}`}>
      <Select
        label={t('report.metric')}
        value={metric.name}
        options={table.columns.map(({ name, label }) => ({ value: name, text: word(label) }))}
        onChange={(name) => change({ metric: name })}
      />
      <div className="chart" data-kind={kind}>
        {kind === 'time' ? (
          <TopEvolution report={report} metric={metric.name} onDrawn={onDrawn} />
        ) : (
          <RowsChart
            key={kind}
            kind={kind}
            report={report}
            table={table}
            before={before}
            metric={{ name: metric.name, label: word(metric.label) }}
            onDrawn={onDrawn}
          />
        )}
      </div>
    </div>
  );
}

interface RowsChartProps extends ReportChartProps {
  kind: ChartKind;
  metric: { name: string; label: string };
}

function RowsChart({ kind, report, table, before, metric, onDrawn }: RowsChartProps) {
  const { t, format, word } = useLocale();
  const { site } = useView();
  const draw = useMemo(() => {
    const unit = report.units[metric.name];
    const sized = table.rows.map(({ label, values }) => ({
      label: word(label),
      value: values[metric.name] ?? 0,
      past: rowLike(before, label)?.values[metric.name] ?? null,
    }));
    const limit = kind === 'shares' ? PARTS_MAX : BARS_MAX;
    const shown = sized.slice(0, limit);
    const rest = sized.slice(limit).reduce((sum, { value }) => sum + value, 0);
    if (kind === 'shares' && rest > 0) {
      shown.push({ label: t('report.others'), value: rest, past: null });
    }
    const shares = {
      metric: metric.label,
      labels: shown.map(({ label }) => label),
      values: shown.map(({ value }) => value),
      before: before && { name: t('compare.earlier'), values: shown.map(({ past }) => past) },
      value: (value: number) => written(value, unit, format, site.currency),
      compact: (value: number) => writtenShort(value, unit, format, site.currency),
    };
    return kind === 'shares' ? ringOption(shares) : barOption(shares);
  }, [kind, report, table, before, metric.name, metric.label, format, site]);
  const label = t('report.chartOf', { metric: metric.label, report: word(report.name) });
  if (kind === 'map') {
    const unit = report.units[metric.name];
    return (
      <Suspense fallback={null}>
        <CountryMap
          label={label}
          metric={metric.label}
          countries={table.rows.map(({ code = '', values }) => ({
            code,
            value: values[metric.name] ?? 0,
          }))}
          value={(value) => written(value, unit, format, site.currency)}
          onDrawn={onDrawn}
        />
      </Suspense>
    );
  }
  return <LazyChart draw={draw} label={label} onDrawn={onDrawn} />;
}

interface TopEvolutionProps {
  report: Report;
  metric: string;
  onDrawn: (drawn: Drawn) => void;
}

/** The first rows over time. */
function TopEvolution({ report, metric, onDrawn }: TopEvolutionProps) {
  const { query, view, span, today } = useView();
  const asked = { ...stepsAround(view, span, today), metric };
  const evolution = useQuery(evolutionQuery(report, query, asked));
  return (
    <Loaded query={evolution} rows={5}>
      {(found) => (
        <EvolutionChart
          evolution={found}
          unit={report.units[metric]}
          period={asked.period}
          onDrawn={onDrawn}
        />
      )}
    </Loaded>
  );
}
