import type { Core, Params } from './core';
import { named } from './pages';
import { track } from './transport';

const json = (value: unknown): unknown => (Array.isArray(value) ? JSON.stringify(value) : value);

/** Carts, orders and views of products. */
export function shop(core: Core) {
  let items: Record<string, unknown[]> = {};
  const send = (action: Params): void =>
    track(core, { idgoal: 0, ec_items: json(Object.values(items)), ...action });

  return {
    addEcommerceItem(
      sku: string,
      name = '',
      category: string | string[] = '',
      price: number | string = 0,
      quantity: number | string = 1,
    ): void {
      items[sku] = [sku, name, category, price, quantity];
    },
    removeEcommerceItem(sku: string): void {
      delete items[sku];
    },
    clearEcommerceCart(): void {
      items = {};
    },
    getEcommerceItems: () => ({ ...items }),
    /** Order id, revenue, subtotal, tax, shipping, discount. An order empties the cart. */
    trackEcommerceOrder(...values: unknown[]): void {
      send(named('ec_id revenue ec_st ec_tx ec_sh ec_dt', values));
      items = {};
    },
    trackEcommerceCartUpdate(revenue: number): void {
      send({ revenue });
    },
    /** SKU, name, category, price: said with everything that follows on the page. */
    setEcommerceView(...values: unknown[]): void {
      const all = [0, 1, 2, 3].map((i) => json(values[i]) || '');
      Object.assign(core.$extra, named('_pks _pkn _pkc _pkp', all));
    },
  };
}
