import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import type { Report } from '../api/catalogue';
import { known } from '../api/reports';
import { rowLike, rowName, shareOf, subtableQuery, type Table, type TableRow } from '../api/table';
import { written } from '../api/units';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { narrowed } from '../segments/definition';
import { pageOfRow } from '../transitions/search';
import { Bar } from '../ui/Bar';
import { Change } from '../ui/Change';
import { Icon } from '../ui/icons';
import { Fault } from '../ui/states';
import { tableOptions } from './search';
import { useReportSearch } from './TableReport';

interface ReportTableProps {
  report: Report;
  table: Table;
  before: Table | undefined;
}

/** The columns that are shown. */
export function shownColumns(table: Table, hide: string | undefined): Table['columns'] {
  const hidden = new Set(hide?.split(','));
  const shown = table.columns.filter(({ name }) => !hidden.has(name));
  return shown.length ? shown : table.columns.slice(0, 1);
}

/** Rows of figures, with those below them on demand. */
export function ReportTable({ report, table, before }: ReportTableProps) {
  const { t, word } = useLocale();
  const [search] = useReportSearch();
  const columns = shownColumns(table, search.hide);
  const first = columns[0]?.name ?? '';
  const most = Math.max(1, ...table.rows.map(({ values }) => values[first] ?? 0));
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('report.table')}>
      <table className="data" data-testid="report-table">
        <thead>
          <tr>
            <Heading name="label" label={word(report.dimension ?? '')} report={report} />
            {columns.map(({ name, label }) => (
              <Heading key={name} name={name} label={word(label)} report={report} />
            ))}
            <th scope="col" className="data-actions">
              <span className="hidden">{t('report.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <Row
              key={`${row.label} ${i}`}
              row={row}
              path={[row.label]}
              around={{ report, columns, first, most, totals: table.totals }}
              before={before}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Heading({ name, label, report }: { name: string; label: string; report: Report }) {
  const { t } = useLocale();
  const [search, change] = useReportSearch();
  const isSorted = search.sort === name;
  const order = search.order ?? 'desc';
  const isFixed = report.hasConstantRows;
  const sort = (): void =>
    change({
      sort: name,
      order: isSorted && order === 'desc' ? 'asc' : undefined,
      page: undefined,
    });
  return (
    <th
      scope="col"
      aria-sort={isSorted ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
      title={report.documented[name]}
    >
      {isFixed ? (
        label
      ) : (
        <button type="button" onClick={sort} aria-label={t('report.sortBy', { column: label })}>
          {label}
          {isSorted && <span aria-hidden="true">{order === 'asc' ? ' ▲' : ' ▼'}</span>}
        </button>
      )}
    </th>
  );
}

interface Around {
  report: Report;
  columns: Table['columns'];
  first: string;
  most: number;
  totals: Record<string, number>;
}

interface RowProps {
  row: TableRow;
  /** Labels of the rows above it, and its own. */
  path: string[];
  around: Around;
  before: Table | undefined;
}

function Row({ row, path, around, before }: RowProps) {
  const { t, word } = useLocale();
  const [isOpen, setOpen] = useState(false);
  const { report, columns, first, most } = around;
  const label = word(row.label) || t('segment.nothing');
  const past = rowLike(before, row.label);
  return (
    <Fragment>
      <tr data-level={path.length} data-testid="report-row">
        <th scope="row">
          {path.length === 1 && <Bar share={(row.values[first] ?? 0) / most} />}
          <span className="data-label" style={{ '--level': path.length - 1 } as never}>
            {row.subtable ? (
              <button
                type="button"
                className="data-toggle"
                aria-expanded={isOpen}
                aria-label={t(isOpen ? 'report.closeRow' : 'report.openRow', { label })}
                onClick={() => setOpen(!isOpen)}
              >
                <Icon name={isOpen ? 'minus' : 'plus'} />
              </button>
            ) : (
              report.hasSubtables && <span className="data-toggle" />
            )}
            <span className="truncate" title={label}>
              {label}
            </span>
            {row.url && (
              <a
                href={row.url}
                target="_blank"
                rel="noreferrer noopener"
                className="data-link"
                aria-label={t('report.visit', { label })}
              >
                ↗
              </a>
            )}
          </span>
        </th>
        {columns.map(({ name }) => (
          <Cell
            key={name}
            name={name}
            row={row}
            past={past}
            around={around}
            isCompared={!!before}
          />
        ))}
        <RowActions row={row} path={path} label={label} report={report} />
      </tr>
      {isOpen && row.subtable && <Below row={row} past={past} path={path} around={around} />}
    </Fragment>
  );
}

interface CellProps {
  name: string;
  row: TableRow;
  past: TableRow | undefined;
  around: Around;
  isCompared: boolean;
}

function Cell({ name, row, past, around, isCompared }: CellProps) {
  const { format } = useLocale();
  const { site } = useView();
  const { report, first, totals } = around;
  const text = (value: number) => written(value, report.units[name], format, site.currency);
  const value = row.values[name];
  const share = name === first ? shareOf(value, known(totals, name)) : undefined;
  return (
    <td data-value={value} data-column={name}>
      {value === undefined ? '–' : text(value)}
      {isCompared ? (
        <Change
          metric={name}
          value={value}
          before={past?.values[name]}
          title={past?.values[name] === undefined ? undefined : text(past.values[name])}
        />
      ) : (
        share !== undefined && <small>{format.percent(share)}</small>
      )}
    </td>
  );
}

interface RowActionsProps {
  row: TableRow;
  path: string[];
  label: string;
  report: Report;
}

function RowActions({ row, path, label, report }: RowActionsProps) {
  const { t } = useLocale();
  const { site, search, view, change: changeView } = useView();
  const [, change] = useReportSearch();
  const { segment } = row;
  const page = pageOfRow(report, row);
  return (
    <td className="data-actions">
      <button
        type="button"
        className="button-icon"
        aria-label={t('report.evolutionOf', { label })}
        title={t('report.evolution')}
        data-testid="row-evolution"
        onClick={() => change({ row: rowName(path) })}
      >
        <Icon name="evolution" />
      </button>
      {page && (
        <Link
          to="/sites/$siteId/transitions"
          params={{ siteId: site.id }}
          search={{ ...search, ...page }}
          className="button-icon"
          aria-label={t('flow.of', { label })}
          title={t('nav.transitions')}
          data-testid="row-transitions"
        >
          <Icon name="flow" />
        </Link>
      )}
      {segment && (
        <button
          type="button"
          className="button-icon"
          aria-label={t('segment.narrow', { value: label })}
          title={t('segment.narrow', { value: label })}
          data-testid="row-segment"
          onClick={() => changeView({ segment: narrowed(view.segment, segment) })}
        >
          <Icon name="filter" />
        </button>
      )}
    </td>
  );
}

interface BelowProps {
  row: TableRow;
  /** The row of what is compared. */
  past: TableRow | undefined;
  path: string[];
  around: Around;
}

/** The rows below a row. */
function Below({ row, past, path, around }: BelowProps) {
  const { t } = useLocale();
  const { query, compared } = useView();
  const [search] = useReportSearch();
  const options = { ...tableOptions(search), page: undefined };
  const below = useQuery(subtableQuery(around.report, query, options, row.subtable!));
  const before = useQuery({
    ...subtableQuery(around.report, compared ?? query, options, past?.subtable ?? ''),
    enabled: compared !== undefined && past?.subtable !== undefined,
  });
  if (!below.data) {
    return (
      <tr>
        <td colSpan={around.columns.length + 2}>
          {below.error ? (
            <Fault error={below.error} retry={() => void below.refetch()} />
          ) : (
            <span role="status" className="data-wait">
              {t('state.loading')}
            </span>
          )}
        </td>
      </tr>
    );
  }
  return below.data.rows.map((child, i) => (
    <Row
      key={`${child.label} ${i}`}
      row={child}
      path={[...path, child.label]}
      around={around}
      before={compared && before.data}
    />
  ));
}
