import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newTracker } from '../src/tracker';
import { clearCookies, record, TRACKER_URL } from './recorder';

let network: Awaited<ReturnType<typeof record>>;

beforeEach(async () => {
  vi.useFakeTimers();
  clearCookies();
  network = await record();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const tracker = () => newTracker(TRACKER_URL, 7);
const sent = () => {
  vi.advanceTimersByTime(5000);
  return network.queries();
};

describe('a cart', () => {
  it('is sent as it stands', () => {
    const t = tracker();
    t.addEcommerceItem('S1', 'Shoe', ['Shoes', 'Red'], 9.5, 2);
    t.addEcommerceItem('S2');
    t.addEcommerceItem('S3', 'Hat');
    t.removeEcommerceItem('S3');
    t.trackEcommerceCartUpdate(19);
    expect(sent()[0]).toMatchObject({ idgoal: '0', revenue: '19' });
    expect(sent()[0]).not.toHaveProperty('ec_id');
    expect(JSON.parse(sent()[0]!.ec_items!)).toEqual([
      ['S1', 'Shoe', ['Shoes', 'Red'], 9.5, 2],
      ['S2'],
    ]);
    expect(Object.keys(t.getEcommerceItems())).toEqual(['S1', 'S2']);
    t.clearEcommerceCart();
    t.trackEcommerceCartUpdate(0);
    expect(sent()[1]).toMatchObject({ revenue: '0', ec_items: '[]' });
  });

  it('is empty after its order', () => {
    const t = tracker();
    t.addEcommerceItem('S1');
    t.trackEcommerceOrder('O1', 30, 25, 4, 1, 2);
    expect(sent()[0]).toMatchObject({
      idgoal: '0',
      ec_id: 'O1',
      revenue: '30',
      ec_st: '25',
      ec_tx: '4',
      ec_sh: '1',
      ec_dt: '2',
    });
    expect(t.getEcommerceItems()).toEqual({});
  });
});

describe('a view of a product', () => {
  it('is said with all that follows', () => {
    const t = tracker();
    t.setEcommerceView('S1', 'Shoe', ['Shoes', 'Red'], 9.5);
    t.trackPageView();
    t.trackEvent('a', 'b');
    for (const query of sent())
      expect(query).toMatchObject({
        _pks: 'S1',
        _pkn: 'Shoe',
        _pkc: '["Shoes","Red"]',
        _pkp: '9.5',
      });
  });
});
