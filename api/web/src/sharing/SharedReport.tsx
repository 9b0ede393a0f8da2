import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { Report } from '../api/catalogue';
import { known, quantity, type Row } from '../api/reports';
import { type Shared, sharedReportQuery } from '../api/shares';
import { written } from '../api/units';
import { viewOf, viewSearch } from '../api/view';
import { useLocale } from '../i18n/locale';
import { Bar } from '../ui/Bar';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';

interface SharedReportProps {
  shared: Shared;
  report: Report;
}

/** A report for those who only have a link. */
export function SharedReport({ shared, report }: SharedReportProps) {
  const { t, word } = useLocale();
  const view = viewOf(viewSearch(useSearch({ strict: false })));
  const rows = useQuery(sharedReportQuery(shared, report, view));
  return (
    <Panel title={word(report.name)} className="shared-report">
      <Loaded query={rows} rows={5}>
        {(found) => {
          const metric = metricOf(report, found);
          if (!report.dimension) return <SharedFigures {...{ shared, report }} row={found[0]!} />;
          if (!metric) return <Empty>{t('report.empty')}</Empty>;
          return <SharedRows {...{ shared, report, metric }} rows={found} />;
        }}
      </Loaded>
    </Panel>
  );
}

/** The first metric of the report that its rows have. */
export const metricOf = (report: Report, rows: Row[]): string | undefined =>
  Object.keys(report.metrics).find((name) => rows.some((row) => known(row, name) !== undefined));

function SharedFigures({ shared, report, row }: SharedReportProps & { row: Row }) {
  const { format, word } = useLocale();
  return (
    <dl className="figures figures-many">
      {Object.entries(report.metrics).map(([name, label]) => {
        const value = known(row, name);
        return (
          <div key={name}>
            <dt>{word(label)}</dt>
            <dd data-testid={`shared-${name}`} data-value={value}>
              {value === undefined
                ? '–'
                : written(value, report.units[name], format, shared.currency)}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

interface SharedRowsProps extends SharedReportProps {
  metric: string;
  rows: Row[];
}

function SharedRows({ shared, report, metric, rows }: SharedRowsProps) {
  const { t, format, word } = useLocale();
  const most = Math.max(1, ...rows.map((row) => quantity(row[metric])));
  return (
    <>
      <p className="note">{word(report.metrics[metric] ?? metric)}</p>
      <ol className="bars">
        {rows.map((row, i) => {
          const label = word(String(row.label ?? '')) || t('segment.nothing');
          const value = quantity(row[metric]);
          return (
            <li key={`${label} ${i}`}>
              <Bar share={value / most} />
              <span className="truncate" title={label}>
                {label}
              </span>
              <b data-value={value}>
                {written(value, report.units[metric], format, shared.currency)}
              </b>
            </li>
          );
        })}
      </ol>
    </>
  );
}
