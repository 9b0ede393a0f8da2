import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { goalFiguresQuery } from '../api/goals';
import { known, quantity, topQuery } from '../api/reports';
import { figuresOverTimeQuery } from '../api/table';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { GoalFigures, OF_CARTS, OF_ORDERS } from '../goals/GoalFigures';
import { useLocale } from '../i18n/locale';
import { EvolutionChart } from '../reports/EvolutionChart';
import { stepsAround } from '../reports/steps';
import { Panel } from '../ui/Panel';
import { Select } from '../ui/Select';
import { Empty, Loaded } from '../ui/states';

const PRODUCTS = ['Goals.getItemsName', 'Goals.getItemsSku', 'Goals.getItemsCategory'] as const;
type Products = (typeof PRODUCTS)[number];
const ROWS = 20;

/** What was sold, and what was nearly. */
export function Ecommerce() {
  const { t } = useLocale();
  const { query, compared } = useView();
  const orders = useQuery(goalFiguresQuery(query, 'ecommerceOrder'));
  const carts = useQuery(goalFiguresQuery(query, 'ecommerceAbandonedCart'));
  const ordersBefore = useQuery({
    ...goalFiguresQuery(compared ?? query, 'ecommerceOrder'),
    enabled: compared !== undefined,
  });
  return (
    <main id="content" className="page stack">
      <PageHead title={t('nav.ecommerce')} tools={['segment', 'compare', 'date']} />
      <Panel title={t('shop.orders')} testId="shop-orders">
        <Loaded query={orders} rows={2}>
          {(found) => (
            <GoalFigures figures={found} before={compared && ordersBefore.data} shown={OF_ORDERS} />
          )}
        </Loaded>
        <RevenueOverTime />
      </Panel>
      <Panel title={t('shop.abandoned')} testId="shop-carts">
        <Loaded query={carts} rows={1}>
          {(found) => <GoalFigures figures={found} before={undefined} shown={OF_CARTS} />}
        </Loaded>
      </Panel>
      <ProductTable />
    </main>
  );
}

/** Orders are a goal of their own, which the catalogue describes only with goals. */
const ORDERS = {
  uniqueId: 'Goals_get_idGoal--ecommerceOrder',
  method: 'Goals.get',
  parameters: { idGoal: 'ecommerceOrder' },
} as never;

function RevenueOverTime() {
  const { t } = useLocale();
  const { query, view, span, today } = useView();
  const dates = stepsAround(view, span, today);
  const steps = useQuery(figuresOverTimeQuery(ORDERS, query, dates));
  return (
    <Loaded query={steps} rows={5}>
      {(found) => (
        <div className="chart">
          <EvolutionChart
            evolution={{
              steps: found.map(({ step }) => step),
              series: [
                {
                  name: t('figure.revenue'),
                  values: found.map(({ row }) => known(row, 'revenue') ?? 0),
                },
              ],
              metrics: [],
            }}
            unit="money"
            period={dates.period}
          />
        </div>
      )}
    </Loaded>
  );
}

function ProductTable() {
  const { t, format } = useLocale();
  const { site, query } = useView();
  const [method, setMethod] = useState<Products>('Goals.getItemsName');
  const products = useQuery(topQuery(method, query, { filter_limit: ROWS }));
  return (
    <Panel
      title={t('shop.products')}
      tools={
        <Select
          label={t('shop.products')}
          value={method}
          options={PRODUCTS.map((value) => ({ value, text: t(`shop.by.${value}`) }))}
          onChange={setMethod}
        />
      }
    >
      <Loaded query={products} rows={6}>
        {(rows) =>
          rows.length ? (
            <div className="table-scroll" tabIndex={0} role="region" aria-label={t('report.table')}>
              <table className="data" data-testid="products">
                <thead>
                  <tr>
                    <th scope="col">{t(`shop.by.${method}`)}</th>
                    <th scope="col">{t('figure.revenue')}</th>
                    <th scope="col">{t('shop.quantity')}</th>
                    <th scope="col">{t('shop.orders')}</th>
                    <th scope="col">{t('shop.price')}</th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <tr key={String(row.label)}>
                      <th scope="row">
                        <span className="truncate data-label">{String(row.label)}</span>
                      </th>
                      <td data-value={quantity(row.revenue)}>
                        {format.money(quantity(row.revenue), site.currency)}
                      </td>
                      <td>{format.number(quantity(row.quantity))}</td>
                      <td>{format.number(quantity(row.orders))}</td>
                      <td>{format.money(quantity(row.avg_price ?? row.price), site.currency)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          ) : (
            <Empty>{t('shop.none')}</Empty>
          )
        }
      </Loaded>
    </Panel>
  );
}
