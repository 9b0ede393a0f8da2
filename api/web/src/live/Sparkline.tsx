import type { Point } from './state';
import { sparkline } from './sparkline';

const WIDTH = 320;
const HEIGHT = 56;

export function Sparkline({ points, label }: { points: Point[]; label: string }) {
  const path = sparkline(points, WIDTH, HEIGHT);
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {path && (
        <>
          <path
            className="spark-area"
            d={`${path}V${HEIGHT}H${path.slice(1, path.indexOf(' '))}Z`}
          />
          <path className="spark-line" d={path} />
        </>
      )}
    </svg>
  );
}
