import { useNavigate, useSearch } from '@tanstack/react-router';
import { createContext, useContext, useMemo } from 'react';
import type { Site } from '../api/client';
import { type Day, today } from '../api/days';
import { comparedQuery, type Query, queryOf } from '../api/reports';
import { type Span, spanOf, type View, viewOf, type ViewSearch, viewSearch } from '../api/view';

/** The site around a page. */
export const SiteContext = createContext<Site | null>(null);

export function useSite(): Site {
  const site = useContext(SiteContext);
  if (!site) throw new Error('no site around this component');
  return site;
}

export interface SiteView {
  site: Site;
  view: View;
  /** The same as the address has it, for links that keep it. */
  search: ViewSearch;
  today: Day;
  span: Span;
  query: Query;
  compared: Query | undefined;
  change(part: Partial<View>): void;
}

/** What is looked at, and how to look at something else. */
export function useView(): SiteView {
  const site = useSite();
  const navigate = useNavigate();
  const found = useSearch({ strict: false }) as Record<string, unknown>;
  const { period, date, segment, vs } = found;
  return useMemo(() => {
    const search = viewSearch({ period, date, segment, vs });
    const view = viewOf(search);
    const day = today(site.timezone, Date.now());
    return {
      site,
      view,
      search,
      today: day,
      span: spanOf(view, day),
      query: queryOf(site.id, view),
      compared: comparedQuery(site.id, view, day),
      change: (part) =>
        void navigate({
          to: '.',
          search: (before: Record<string, unknown>) => ({
            ...without(before, ['period', 'date', 'segment', 'vs', 'page']),
            ...viewSearch({ ...view, ...part }),
          }),
          resetScroll: false,
        }),
    };
  }, [site, navigate, period, date, segment, vs]);
}

const without = (record: Record<string, unknown>, names: string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
