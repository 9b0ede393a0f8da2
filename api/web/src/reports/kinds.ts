import type { Report } from '../api/catalogue';
import { CHARTS, type ChartKind } from './search';

const isMapped = ({ method }: Report): boolean => method === 'UserCountry.getCountry';
/** Parts of a whole, and few of them. */
const hasShares = ({ dimension, hasSubtables, module }: Report): boolean =>
  !!dimension && !hasSubtables && module !== 'VisitTime';

/** The charts that fit what a report is about. */
export const chartsOf = (report: Report): ChartKind[] =>
  CHARTS.filter((kind) => {
    if (kind === 'map') return isMapped(report);
    if (kind === 'time') return !report.hasConstantRows;
    return kind !== 'shares' || hasShares(report);
  });

/** The chart that is asked for, or the one to begin with. */
export function chartShown(report: Report, asked: ChartKind | undefined): ChartKind {
  const fitting = chartsOf(report);
  if (asked && fitting.includes(asked)) return asked;
  return report.hasConstantRows ? 'bars' : 'none';
}
