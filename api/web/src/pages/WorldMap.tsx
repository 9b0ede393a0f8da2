import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { known, quantity, type Row, segmentOf, topQuery } from '../api/reports';
import type { Spot } from '../charts/CountryMap';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { MAP_METRICS, type MapMetric } from '../overview/mapSearch';
import { narrowed } from '../segments/definition';
import { TopList } from '../overview/TopList';
import { LISTS } from '../overview/lists';
import { Panel } from '../ui/Panel';
import { Select } from '../ui/Select';
import { Empty, Loaded } from '../ui/states';

const CountryMap = lazy(() => import('../charts/CountryMap'));
const COUNTRIES = LISTS.find(({ id }) => id === 'countries')!;
const DETAILS = ['countries', 'cities'] as const;
/** Cities beyond these would hide each other. */
const CITIES_MAX = 500;
const route = getRouteApi('/signed-in/sites/$siteId/map');

/** Where in the world visitors are, by country or by city. */
export function WorldMap() {
  const { t } = useLocale();
  const { query } = useView();
  const { metric = 'nb_visits', cities } = route.useSearch();
  const navigate = route.useNavigate();
  const show = (part: { metric?: MapMetric; cities?: 1 }): void =>
    void navigate({ search: (before) => ({ ...before, ...part }), resetScroll: false });
  const countries = useQuery({
    ...topQuery('UserCountry.getCountry', query, { filter_limit: -1 }),
    enabled: !cities,
  });
  const places = useQuery({
    ...topQuery('UserCountry.getCity', query, { filter_limit: CITIES_MAX }),
    enabled: !!cities,
  });
  return (
    <main id="content" className="page map-page">
      <PageHead title={t('nav.map')} tools={['segment', 'compare', 'date']} />
      <Panel
        title={t('map.title')}
        subtitle={t('map.hint')}
        tools={
          <>
            <Select
              label={t('map.detail')}
              value={cities ? 'cities' : 'countries'}
              testId="map-detail"
              options={DETAILS.map((value) => ({ value, text: t(`map.${value}`) }))}
              onChange={(detail) => show({ cities: detail === 'cities' ? 1 : undefined })}
            />
            <Select
              label={t('report.metric')}
              value={metric}
              options={MAP_METRICS.map((value) => ({ value, text: t(`map.${value}`) }))}
              onChange={(value) => show({ metric: value })}
            />
          </>
        }
      >
        <Loaded query={cities ? places : countries} rows={12}>
          {(rows) =>
            rows.length ? (
              <Drawing rows={rows} metric={metric} areCities={!!cities} />
            ) : (
              <Empty>{t('list.empty')}</Empty>
            )
          }
        </Loaded>
      </Panel>
      <TopList list={COUNTRIES} />
    </main>
  );
}

interface DrawingProps {
  rows: Row[];
  metric: MapMetric;
  areCities: boolean;
}

function Drawing({ rows, metric, areCities }: DrawingProps) {
  const { t, format } = useLocale();
  const { view, change } = useView();
  const located = useMemo(
    () => rows.filter((row) => known(row, 'lat') !== undefined && quantity(row[metric]) > 0),
    [rows, metric],
  );
  const sizes = useMemo(
    () => rows.map((row) => ({ code: String(row.code ?? ''), value: quantity(row[metric]) })),
    [rows, metric],
  );
  const spots = useMemo(
    () =>
      located.map((row): Spot => ({
        name: String(row.label),
        at: [quantity(row.long), quantity(row.lat)],
        value: quantity(row[metric]),
      })),
    [located, metric],
  );
  const narrow = (segment: string | undefined): void => {
    if (segment) change({ segment: narrowed(view.segment, segment) });
  };
  return (
    <div className="chart" data-kind="map" data-testid="world-map" data-spots={spots.length}>
      <Suspense fallback={<div className="chart-canvas" />}>
        <CountryMap
          label={t('map.title')}
          metric={t(`map.${metric}`)}
          countries={sizes}
          spots={areCities ? spots : undefined}
          value={format.number}
          onPickCountry={(code) => narrow(`countryCode==${code}`)}
          onPickSpot={(index) => narrow(located[index] && segmentOf(located[index]))}
        />
      </Suspense>
    </div>
  );
}
