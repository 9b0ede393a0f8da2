import { type Point, TREND_MS } from './state';

const INSET = 3;

const SPAN_MS_MIN = 2_000;

/**
 * The way of a number over the past minutes as an SVG path, in steps: a count holds until it
 * changes. The newest point is at the right edge. The scale shows movement, not size: that is
 * what the number beside it is for.
 */
export function sparkline(points: Point[], width: number, height: number): string {
  const last = points.at(-1);
  const first = points[0];
  if (!last || !first) return '';
  const values = points.map(({ visitors }) => visitors);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const floor = Math.max(0, least - Math.max(1, most - least, most / 10));
  const span = Math.min(TREND_MS, Math.max(SPAN_MS_MIN, last.at - first.at));
  const x = (at: number): number => round(width - ((last.at - at) / span) * width);
  const y = (visitors: number): number =>
    round(height - INSET - ((visitors - floor) / Math.max(1, most - floor)) * (height - 2 * INSET));

  let path = `M${x(first.at)} ${y(first.visitors)}`;
  let level = first.visitors;
  for (const { at, visitors } of points) {
    if (visitors === level) continue;
    path += `H${x(at)}V${y(visitors)}`;
    level = visitors;
  }
  return `${path}H${width}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
