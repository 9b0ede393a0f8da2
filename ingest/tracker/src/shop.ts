import { type Core, named, type Params } from './core';
import { track } from './transport';

type Item = [
  sku: string,
  name?: string,
  category?: string | string[],
  price?: number | string,
  quantity?: number | string,
];

/** Carts, orders and views of products. */
export function shop(core: Core) {
  let items: Record<string, Item> = {};
  const send = (action: Params): void =>
    track(core, { idgoal: 0, ec_items: Object.values(items), ...action });

  return {
    addEcommerceItem(...item: Item): void {
      items[item[0]] = item;
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
      Object.assign(core.$extra, named('_pks _pkn _pkc _pkp', values));
    },
  };
}
