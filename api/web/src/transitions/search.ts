import type { Report } from '../api/catalogue';
import type { TableRow } from '../api/table';

/** Which page's transitions are shown, as the address says. */
export interface TransitionsSearch {
  /** The address or title of the page. */
  of?: string;
  /** By title instead of by address. */
  by?: 'title';
}

const TEXT_MAX = 4000;

export const transitionsSearch = ({ of, by }: Record<string, unknown>): TransitionsSearch => {
  const text = typeof of === 'number' ? String(of) : of;
  return {
    ...(typeof text === 'string' && text && text.length <= TEXT_MAX ? { of: text } : {}),
    ...(by === 'title' ? { by } : {}),
  };
};

/** The page that a row of a report about pages is. */
export function pageOfRow(report: Report, row: TableRow): TransitionsSearch | undefined {
  if (row.subtable !== undefined) return undefined;
  if (/PageUrls$/.test(report.action)) return row.url ? { of: row.url } : undefined;
  return /PageTitles$/.test(report.action) ? { of: row.label.trim(), by: 'title' } : undefined;
}
