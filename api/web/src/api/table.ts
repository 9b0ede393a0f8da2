import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Report } from './catalogue';
import { exported, type Parameters, report as ask } from './client';
import { known, type Query, quantity, recordOf, type Row, rowsOf, segmentOf } from './reports';

export const ROWS_A_PAGE = 50;
/** Rows of what is not paged: enough to find those that are shown. */
const ROWS_MAX = 1000;
const MANY = { filter_limit: ROWS_MAX, limit: ROWS_MAX };

/** How the rows of a report are wanted. */
export interface TableOptions {
  /** What labels must contain. */
  find?: string;
  sort?: string;
  order?: 'asc' | 'desc';
  /** Leaves only, without their folders. */
  isFlat?: boolean;
  /** From 1. */
  page?: number;
}

export interface TableRow {
  label: string;
  values: Record<string, number>;
  /** The key of the rows below it. */
  subtable?: string;
  segment?: string;
  url?: string;
  /** A two-letter code, for countries. */
  code?: string;
}

export interface Table {
  columns: { name: string; label: string }[];
  rows: TableRow[];
  totals: Record<string, number>;
  hasMore: boolean;
}

/** The row of another table that is about the same. */
export const rowLike = (table: Table | undefined, label: string): TableRow | undefined =>
  table?.rows.find((row) => row.label === label);

const numbersOf = (row: Row, columns: string[]): Record<string, number> =>
  Object.fromEntries(
    columns.flatMap((column) => {
      const value = known(row, column);
      return value === undefined ? [] : [[column, value]];
    }),
  );

/** Addresses come from visitors: only those of the web are followed. */
const webAddress = (value: unknown): string | undefined =>
  typeof value === 'string' && /^https?:\/\//i.test(value) ? value : undefined;

export function tableOf(body: unknown, limit: number): Table {
  const answer = recordOf(body);
  const { label: _label, ...labels } = recordOf(answer.columns) as Record<string, string>;
  const names = Object.keys(labels);
  const columns = names.map((name) => ({ name, label: labels[name]! }));
  const data = answer.reportData;
  const metadata = rowsOf(answer.reportMetadata);
  const rows = Array.isArray(data) ? (data as Row[]) : [];
  return {
    columns,
    rows: rows.slice(0, limit).map((row, i) => {
      const about = metadata[i] ?? {};
      return {
        label: String(row.label ?? ''),
        values: numbersOf(row, names),
        subtable: about.idsubdatatable === undefined ? undefined : String(about.idsubdatatable),
        segment: segmentOf(about),
        url: webAddress(about.url),
        code: typeof about.code === 'string' ? about.code : undefined,
      };
    }),
    totals: numbersOf(Array.isArray(data) ? recordOf(answer.reportTotal) : recordOf(data), names),
    hasMore: rows.length > limit,
  };
}

const sortOf = ({ sort, order }: TableOptions): Parameters =>
  sort ? { filter_sort_column: sort, filter_sort_order: order ?? 'desc' } : {};

/** A search looks below folders, too. */
function searchOf({ find, isFlat }: TableOptions, report: Report): Parameters {
  if (!find) return {};
  const pattern = find.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return report.hasSubtables && !isFlat
    ? { filter_column_recursive: 'label', filter_pattern_recursive: pattern }
    : { filter_column: 'label', filter_pattern: pattern };
}

function processed(report: Report, query: Query): Parameters {
  return {
    ...query,
    apiModule: report.module,
    apiAction: report.action,
    ...report.parameters,
    format_metrics: 0,
    hideMetricsDoc: 1,
  };
}

/** Asks for rows of a report, of any number at most. */
const askRows = async (
  report: Report,
  query: Query,
  { limit, ...more }: Parameters & { limit: number },
  signal: AbortSignal,
): Promise<Table> =>
  tableOf(
    await ask('API.getProcessedReport', { ...processed(report, query), ...more }, signal),
    limit,
  );

const flatOf = ({ isFlat }: TableOptions): Parameters => (isFlat ? { flat: 1 } : {});

export const tableQuery = (report: Report, query: Query, options: TableOptions) =>
  queryOptions({
    queryKey: ['table', report.uniqueId, query, options],
    queryFn: ({ signal }) =>
      askRows(
        report,
        query,
        {
          ...sortOf(options),
          ...searchOf(options, report),
          ...flatOf(options),
          filter_limit: ROWS_A_PAGE + 1,
          filter_offset: ((options.page ?? 1) - 1) * ROWS_A_PAGE,
          limit: ROWS_A_PAGE,
        },
        signal,
      ),
    placeholderData: keepPreviousData,
  });

/** The rows below a row. */
export const subtableQuery = (
  report: Report,
  query: Query,
  options: TableOptions,
  idSubtable: string,
) =>
  queryOptions({
    queryKey: ['subtable', report.uniqueId, query, options, idSubtable],
    queryFn: ({ signal }) =>
      askRows(
        report,
        query,
        { ...sortOf(options), ...searchOf(options, report), idSubtable, ...MANY },
        signal,
      ),
  });

/** What the rows of a report are held against. */
export const comparedTableQuery = (report: Report, query: Query, options: TableOptions) =>
  queryOptions({
    queryKey: ['compared', report.uniqueId, query, options.isFlat],
    queryFn: ({ signal }) => askRows(report, query, { ...flatOf(options), ...MANY }, signal),
  });

/** One metric of some rows over time. */
export interface Evolution {
  steps: string[];
  series: { name: string; values: (number | null)[]; isCompared?: boolean }[];
  metrics: { name: string; label: string }[];
}

export function evolutionOf(body: unknown, metric: string): Evolution {
  const answer = recordOf(body);
  const data = recordOf(answer.reportData) as Record<string, unknown>;
  const about = recordOf(answer.metadata);
  const told = recordOf(about.metrics) as Record<string, { name?: string }>;
  const steps = Object.keys(data).sort();
  const several = Object.keys(told).filter((name) => new RegExp(`^${metric}_\\d+$`).test(name));
  const names = several.length ? several : [metric];
  const labels = (several.length ? recordOf(about.columns) : told) as Record<string, unknown>;
  return {
    steps,
    series: names.map((name) => ({
      name: String(several.length ? (told[name]?.name ?? name) : (answer.label ?? '')),
      values: steps.map((step) => known(rowsOf(data[step])[0] ?? {}, name) ?? null),
    })),
    metrics: Object.entries(labels).map(([name, label]) => ({
      name,
      label: String(
        typeof label === 'string' ? label : ((label as { name?: string }).name ?? name),
      ),
    })),
  };
}

/** A row is named by the labels of the rows above it and its own. */
export const rowName = (labels: string[]): string => labels.map(encodeURIComponent).join(' > ');

export interface EvolutionAsked {
  period: string;
  date: string;
  metric: string;
  /** The row; the first rows without it. */
  label?: string;
  isFlat?: boolean;
}

const ROWS_EVOLVED = 5;

export const evolutionQuery = (report: Report, query: Query, asked: EvolutionAsked) =>
  queryOptions({
    queryKey: ['evolution', report.uniqueId, query, asked],
    queryFn: async ({ signal }) =>
      evolutionOf(
        await ask(
          'API.getRowEvolution',
          {
            ...processed(report, query),
            period: asked.period,
            date: asked.date,
            ...(asked.label === undefined
              ? { column: asked.metric, filter_limit: ROWS_EVOLVED }
              : { label: asked.label }),
            ...flatOf(asked),
          },
          signal,
        ),
        asked.metric,
      ),
    placeholderData: keepPreviousData,
  });

/** An evolution with that of another time, segment or site, step by step. */
export function heldAgainst(
  now: Evolution,
  before: Evolution | undefined,
  name: string,
): Evolution {
  const values = before?.series[0]?.values;
  if (!values) return now;
  return {
    ...now,
    series: [...now.series, { name, values: values.slice(0, now.steps.length), isCompared: true }],
  };
}

/** A report without rows, over time. */
export const figuresOverTimeQuery = (
  report: Report,
  query: Query,
  dates: { period: string; date: string },
) =>
  queryOptions({
    queryKey: ['overTime', report.uniqueId, query, dates],
    queryFn: async ({ signal }) =>
      Object.entries(
        recordOf(
          await ask(
            report.method,
            { ...query, ...dates, ...report.parameters, format_metrics: 0 },
            signal,
          ),
        ),
      ).map(([step, row]) => ({ step, row: recordOf(row) })),
    placeholderData: keepPreviousData,
  });

/** The whole report as a file. */
export const exportedTable = (
  report: Report,
  query: Query,
  options: TableOptions,
  format: 'csv' | 'json',
): Promise<Blob> =>
  exported(
    report.method,
    {
      ...query,
      ...report.parameters,
      ...sortOf(options),
      ...searchOf(options, report),
      ...flatOf(options),
      filter_limit: -1,
    },
    format,
  );

/** The part that a value is of the whole, where parts add up. */
export function shareOf(value: number | undefined, total: number | undefined): number | undefined {
  const part = quantity(value);
  return total && part <= total ? part / total : undefined;
}
