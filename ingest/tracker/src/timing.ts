import type { Core, Params } from './core';

/** How long the page took to load: reported once, when it has loaded, for its first view only. */
export function timings(core: Core): Params {
  const t = performance.timing;
  if (core.$views !== 1 || !core.PerformanceTracking || !t.loadEventEnd) return {};
  core.PerformanceTracking = false;
  const span = (from: number, to: number): unknown => (to >= from ? to - from : '');
  return {
    pf_net: span(t.fetchStart, t.connectEnd),
    pf_srv: span(t.requestStart, t.responseStart),
    pf_tfr: span(t.responseStart, t.responseEnd),
    pf_dm1: span(t.responseEnd, t.domInteractive),
    pf_dm2: span(t.domInteractive, t.domComplete),
    pf_onl: span(t.loadEventStart, t.loadEventEnd),
  };
}
