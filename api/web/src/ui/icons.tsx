/** Drawn in 16 by 16, as lines. */
const PATHS = {
  arrow: 'M3 8h10M9 4l4 4-4 4',
  back: 'M13 8H3m4-4L3 8l4 4',
  calendar: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2v3m5-3v3',
  cart: 'M1.5 2.5h2l1.7 7.5h6.6l1.7-5.5H4M6 13.2h.1m5.4 0h.1',
  chart: 'M2.5 13.5h11M4.5 11V7.5M8 11V3.5M11.5 11V6',
  check: 'm3 8.5 3.2 3.2L13 5',
  chevron: 'm4 6 4 4 4-4',
  close: 'm4 4 8 8m0-8-8 8',
  code: 'm5.5 5-3 3 3 3m5-6 3 3-3 3',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10m3.6-10v10',
  compare: 'M2.5 5h9m-3-3 3 3-3 3m5 3h-9m3-3-3 3 3 3',
  download: 'M8 2.5v7m-3-3 3 3 3-3M2.5 13h11',
  edit: 'm3 13 .6-2.8L10.8 3l2.2 2.2-7.2 7.2z',
  evolution: 'm2 11 3.5-4 3 2.5L14 4m-3.5 0H14v3.5',
  filter: 'M2 3.5h12L9.5 8.7V13l-3-1.5V8.7z',
  flow: 'M2 3.500c4 0 4 4.500 6 4.500m0 0c2 0 2-4.500 6-4.500M2 12.500c4 0 4-4.500 6-4.500m0 0c2 0 2 4.500 6 4.500',
  full: 'M2.5 6V2.5H6m4 0h3.5V6m0 4v3.5H10m-4 0H2.5V10',
  goal: 'M3.5 14V2.5h8l-1.6 3 1.6 3h-8',
  live: 'M8 8h.1M5 11a4.2 4.2 0 0 1 0-6m6 0a4.2 4.2 0 0 1 0 6M3 13a7 7 0 0 1 0-10m10 0a7 7 0 0 1 0 10',
  map: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M2 8h12M8 1.8c4 3.4 4 9 0 12.4-4-3.4-4-9 0-12.4',
  menu: 'M2.5 4.5h11M2.5 8h11m-11 3.5h11',
  minus: 'M3.5 8h9',
  next: 'm6 4 4 4-4 4',
  note: 'M3 2.500h10v7l-4 4H3zM9 13.500v-4h4M5.500 5.500h5m-5 2.500h3',
  overview: 'M2.5 2.5h4.6v4.6H2.5zm6.4 0h4.6v4.6H8.9zM2.5 8.9h4.6v4.6H2.5zm6.4 0h4.6v4.6H8.9z',
  person: 'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8m-5 5.5c.6-2.4 2.4-3.5 5-3.5s4.4 1.100 5 3.5',
  plus: 'M8 3.5v9M3.5 8h9',
  previous: 'M10 4 6 8l4 4',
  search: 'M7 11.5a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9m3.300-1.200L13.500 13.500',
  segment: 'M8 2a6 6 0 1 0 6 6H8zM10.500 1.900A6 6 0 0 1 14.100 5.500h-3.600z',
  settings: 'M2.500 4.500h5m3 0h3m-11 7h3m3 0h5M9 3v3m-3.500 4v3',
  share:
    'M5.500 8.800 10.500 11.700M10.500 4.300 5.500 7.200M4 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4m8-4.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4m0 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4',
  mail: 'M2 3.500h12v9H2zM2 4l6 5 6-5',
  trash: 'M3 4.500h10M6.500 4V2.500h3V4m-5 .5.600 9h5.800l.600-9',
  visits: 'M2.500 4h1m2.500 0h7.500m-11 4h1M6 8h7.500m-11 4h1M6 12h7.500',
} as const;

export type IconName = keyof typeof PATHS;

export const Icon = ({ name }: { name: IconName }) => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);
