/** The lists of the overview, each the top of a report. */
export interface ListKind {
  id: 'pages' | 'channels' | 'sources' | 'countries' | 'devices' | 'entries';
  method: string;
  /** Where it is shown whole. */
  report: string;
  metric: string;
  /** Labels are words of ours, not of the site. */
  isWord?: boolean;
  parameters?: Record<string, string | number>;
}

export const LISTS: readonly ListKind[] = [
  {
    id: 'pages',
    method: 'Actions.getPageUrls',
    report: 'Actions_getPageUrls',
    metric: 'nb_hits',
    parameters: { flat: 1, filter_sort_column: 'nb_hits', filter_sort_order: 'desc' },
  },
  {
    id: 'channels',
    method: 'Referrers.getReferrerType',
    report: 'Referrers_getReferrerType',
    metric: 'nb_visits',
    isWord: true,
  },
  { id: 'sources', method: 'Referrers.getAll', report: 'Referrers_getAll', metric: 'nb_visits' },
  {
    id: 'countries',
    method: 'UserCountry.getCountry',
    report: 'UserCountry_getCountry',
    metric: 'nb_visits',
  },
  {
    id: 'devices',
    method: 'DevicesDetection.getType',
    report: 'DevicesDetection_getType',
    metric: 'nb_visits',
    isWord: true,
  },
  {
    id: 'entries',
    method: 'Actions.getEntryPageUrls',
    report: 'Actions_getEntryPageUrls',
    metric: 'entry_nb_visits',
    parameters: { flat: 1, filter_sort_column: 'entry_nb_visits', filter_sort_order: 'desc' },
  },
];
