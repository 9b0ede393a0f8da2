export const MAP_METRICS = ['nb_visits', 'nb_actions', 'nb_visits_converted'] as const;
export type MapMetric = (typeof MAP_METRICS)[number];

/** What the map shows, as its address says. */
export function mapSearch({ metric, cities }: Record<string, unknown>): {
  metric?: MapMetric;
  cities?: 1;
} {
  const found = MAP_METRICS.find((known) => known === metric);
  return { ...(found && { metric: found }), ...(Number(cities) === 1 && { cities: 1 as const }) };
}
