import { type Point, TREND_MS } from '../live/state';

const INSET = 3;

/**
 * The way of a number over the past minutes as an SVG path, in steps: a count holds until it
 * changes. The newest point is at the right edge; before the first one the line is level.
 */
export function sparkline(points: Point[], width: number, height: number): string {
  const last = points.at(-1);
  const first = points[0];
  if (!last || !first) return '';
  const most = Math.max(1, ...points.map(({ visitors }) => visitors));
  const x = (at: number): number => round(width - ((last.at - at) / TREND_MS) * width);
  const y = (visitors: number): number =>
    round(height - INSET - (visitors / most) * (height - 2 * INSET));

  let path = `M0 ${y(first.visitors)}`;
  let level = first.visitors;
  for (const { at, visitors } of points) {
    if (visitors === level) continue;
    path += `H${x(at)}V${y(visitors)}`;
    level = visitors;
  }
  return `${path}H${width}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
