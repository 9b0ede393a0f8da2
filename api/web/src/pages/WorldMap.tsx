import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { quantity, topQuery } from '../api/reports';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { narrowed } from '../segments/definition';
import { TopList } from '../overview/TopList';
import { LISTS } from '../overview/lists';
import { Panel } from '../ui/Panel';
import { Select } from '../ui/Select';
import { Empty, Loaded } from '../ui/states';

const CountryMap = lazy(() => import('../charts/CountryMap'));
const METRICS = ['nb_visits', 'nb_actions', 'nb_visits_converted'] as const;
const COUNTRIES = LISTS.find(({ id }) => id === 'countries')!;

/** Where in the world visitors are. */
export function WorldMap() {
  const { t, format } = useLocale();
  const { query, view, change } = useView();
  const [metric, setMetric] = useState<(typeof METRICS)[number]>('nb_visits');
  const countries = useQuery(topQuery('UserCountry.getCountry', query, { filter_limit: -1 }));
  const sizes = useMemo(
    () =>
      (countries.data ?? []).map((row) => ({
        code: String(row.code ?? ''),
        value: quantity(row[metric]),
      })),
    [countries.data, metric],
  );
  return (
    <main id="content" className="page map-page">
      <PageHead title={t('nav.map')} tools={['segment', 'compare', 'date']} />
      <Panel
        title={t('map.title')}
        subtitle={t('map.hint')}
        tools={
          <Select
            label={t('report.metric')}
            value={metric}
            options={METRICS.map((value) => ({ value, text: t(`map.${value}`) }))}
            onChange={setMetric}
          />
        }
      >
        <Loaded query={countries} rows={12}>
          {(rows) =>
            rows.length ? (
              <div className="chart" data-kind="map" data-testid="world-map">
                <Suspense fallback={<div className="chart-canvas" />}>
                  <CountryMap
                    label={t('map.title')}
                    metric={t(`map.${metric}`)}
                    countries={sizes}
                    value={format.number}
                    onPickCountry={(code) =>
                      change({ segment: narrowed(view.segment, `countryCode==${code}`) })
                    }
                  />
                </Suspense>
              </div>
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
