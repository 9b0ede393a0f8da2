import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type Draw, type Drawn, useEChart } from './useEChart';

use([
  BarChart,
  LineChart,
  PieChart,
  GridComponent,
  TooltipComponent,
  AriaComponent,
  CanvasRenderer,
]);

export interface ChartProps {
  label: string;
  draw: Draw;
  onDrawn?: (drawn: Drawn) => void;
  onPick?: (index: number) => void;
}

/** Lines, bars and shares. It is loaded apart from the pages that show it. */
export default function Chart({ label, ...wanted }: ChartProps) {
  const box = useEChart(wanted);
  return <div ref={box} className="chart-canvas" role="img" aria-label={label} />;
}
