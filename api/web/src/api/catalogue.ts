import { queryOptions } from '@tanstack/react-query';
import { report } from './client';
import { recordOf, type Row, rowsOf } from './reports';

/** How the values of a metric are to be read. */
export type Unit = 'number' | 'percent' | 'duration_s' | 'duration_ms' | 'money' | 'byte' | 'text';

/** A report as the catalogue describes it. */
export interface Report {
  uniqueId: string;
  /** `Module.action` */
  method: string;
  module: string;
  action: string;
  /** What else selects it, as `idGoal`. */
  parameters: Record<string, string>;
  category: string;
  subcategory: string;
  name: string;
  /** None: the report is a record of figures, not a table. */
  dimension?: string;
  documentation?: string;
  metrics: Record<string, string>;
  documented: Record<string, string>;
  units: Record<string, Unit>;
  hasSubtables: boolean;
  hasConstantRows: boolean;
  related: { name: string; uniqueId: string }[];
}

const textsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(recordOf(value)).map(([name, text]) => [name, plain(String(text))]),
  );

const optional = (value: unknown): string | undefined =>
  typeof value === 'string' && value ? plain(value) : undefined;

/** Texts of the catalogue may carry markup. */
export const plain = (text: string): string =>
  (new DOMParser().parseFromString(text, 'text/html').body.textContent ?? '')
    .replace(/\s+/g, ' ')
    .trim();

export function reportOf(row: Row): Report {
  const [module, action] = [String(row.module), String(row.action)];
  return {
    uniqueId: String(row.uniqueId),
    method: `${module}.${action}`,
    module,
    action,
    parameters: textsOf(row.parameters),
    category: String(row.category ?? ''),
    subcategory: String(row.subcategory ?? ''),
    name: plain(String(row.name ?? '')),
    dimension: optional(row.dimension),
    documentation: optional(row.documentation),
    metrics: { ...textsOf(row.metrics), ...textsOf(row.processedMetrics) },
    documented: textsOf(row.metricsDocumentation),
    units: { ...recordOf(row.metricTypesGoal), ...recordOf(row.metricTypes) } as Record<
      string,
      Unit
    >,
    hasSubtables: Boolean(row.actionToLoadSubTables),
    hasConstantRows: Boolean(row.constantRowsCount),
    related: rowsOf(row.relatedReports).map((other) => ({
      name: plain(String(other.name)),
      uniqueId: `${String(other.module)}_${String(other.action)}`,
    })),
  };
}

export const reportsQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['catalogue', idSite],
    queryFn: async ({ signal }) =>
      rowsOf(
        await report(
          'API.getReportMetadata',
          { idSites: idSite, period: 'day', date: 'today' },
          signal,
        ),
      ).map(reportOf),
    staleTime: 5 * 60_000,
  });

/** Reports that are about several sites, made for other reports, or samples have no page of their own. */
const APART = new Set(['MultiSites', 'API', 'ExampleUI']);

export function groupedReports(reports: Report[]): { category: string; reports: Report[] }[] {
  const groups = new Map<string, Report[]>();
  for (const found of reports) {
    if (APART.has(found.module)) continue;
    groups.set(found.category, [...(groups.get(found.category) ?? []), found]);
  }
  return [...groups].map(([category, listed]) => ({ category, reports: listed }));
}
