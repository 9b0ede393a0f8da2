import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Report } from '../api/catalogue';
import { known, type Row } from '../api/reports';
import {
  type Evolution,
  figuresOverTimeQuery,
  heldAgainst,
  type Table,
  tableQuery,
} from '../api/table';
import { written } from '../api/units';
import type { Drawn } from '../charts/useEChart';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Change } from '../ui/Change';
import { Select } from '../ui/Select';
import { Empty, Loaded } from '../ui/states';
import { EvolutionChart } from './EvolutionChart';
import { ExportMenu } from './ExportMenu';
import { Related } from './Related';
import { stepsAround, stepsCompared } from './steps';
import { useReportSearch } from './TableReport';

/** A report without rows: its figures, and each of them over time. */
export function FiguresReport({ report }: { report: Report }) {
  const { query, compared } = useView();
  const [drawn, setDrawn] = useState<Drawn>();
  const table = useQuery(tableQuery(report, query, {}));
  const before = useQuery({
    ...tableQuery(report, compared ?? query, {}),
    enabled: compared !== undefined,
  });
  return (
    <section className="panel report-panel">
      <div className="report-tools">
        <span />
        <ExportMenu report={report} drawn={drawn} />
      </div>
      <Loaded query={table} rows={8}>
        {(found) => (
          <>
            <Figures report={report} table={found} before={compared && before.data} />
            <OverTime report={report} table={found} onDrawn={setDrawn} />
          </>
        )}
      </Loaded>
      <Related report={report} />
    </section>
  );
}

interface FiguresProps {
  report: Report;
  table: Table;
  before: Table | undefined;
}

function Figures({ report, table, before }: FiguresProps) {
  const { format, word } = useLocale();
  const { site } = useView();
  return (
    <dl className="figures figures-many">
      {table.columns.map(({ name, label }) => {
        const value = table.totals[name];
        const past = before?.totals[name];
        const text = (number: number) => written(number, report.units[name], format, site.currency);
        return (
          <div key={name}>
            <dt title={report.documented[name]}>{word(label)}</dt>
            <dd data-value={value} data-column={name}>
              {value === undefined ? '–' : text(value)}
              {before && (
                <Change
                  metric={name}
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

type Steps = { step: string; row: Row }[];

interface OverTimeProps {
  report: Report;
  table: Table;
  onDrawn: (drawn: Drawn) => void;
}

function OverTime({ report, table, onDrawn }: OverTimeProps) {
  const { t, word } = useLocale();
  const { query, compared, view, span, today } = useView();
  const [search, change] = useReportSearch();
  const dates = stepsAround(view, span, today);
  const steps = useQuery(figuresOverTimeQuery(report, query, dates));
  const held = compared ?? query;
  const before = useQuery({
    ...figuresOverTimeQuery(report, held, stepsCompared(held, today)),
    enabled: compared !== undefined,
  });
  const metric = table.columns.find(({ name }) => name === search.metric) ?? table.columns[0];
  if (!metric) return <Empty>{t('report.empty')}</Empty>;
  const evolutionOf = (found: Steps): Evolution => ({
    steps: found.map(({ step }) => step),
    series: [
      { name: word(metric.label), values: found.map(({ row }) => known(row, metric.name) ?? 0) },
    ],
    metrics: [],
  });
  const past = compared && before.data && evolutionOf(before.data);
  return (
    <div className="report-chart" data-testid="chart-time">
      <Select
        label={t('report.metric')}
        value={metric.name}
        options={table.columns.map(({ name, label }) => ({ value: name, text: word(label) }))}
        onChange={(name) => change({ metric: name })}
      />
      <div className="chart">
        <Loaded query={steps} rows={5}>
          {(found) => (
            <EvolutionChart
              evolution={heldAgainst(evolutionOf(found), past, t('compare.earlier'))}
              unit={report.units[metric.name]}
              period={dates.period}
              onDrawn={onDrawn}
            />
          )}
        </Loaded>
      </div>
    </div>
  );
}
