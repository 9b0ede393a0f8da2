import type { EChartsCoreOption } from 'echarts/core';
import { axisText, isStill, type Look, tooltip, tooltipBase } from './look';

export interface Shares {
  metric: string;
  labels: string[];
  values: number[];
  /** What bars are held against. */
  before?: { name: string; values: (number | null)[] };
  value: (value: number) => string;
  compact: (value: number) => string;
}

interface Hovered {
  dataIndex: number;
}

function told({ labels, values, value, metric, before }: Shares, index: number): HTMLElement {
  const past = before?.values[index];
  return tooltip(labels[index] ?? '', [
    `${metric}: ${value(values[index] ?? 0)}`,
    ...(before
      ? [`${before.name}: ${past === null || past === undefined ? '–' : value(past)}`]
      : []),
  ]);
}

const bars = (look: Look, data: (number | null)[], color: string) => ({
  type: 'bar',
  data,
  color,
  barMaxWidth: 3 * look.rem,
  itemStyle: { borderRadius: [4, 4, 0, 0] },
  animationDuration: 300,
});

/** One bar for each row, beside it that of what is compared. */
export const barOption =
  (shares: Shares) =>
  (look: Look): EChartsCoreOption => ({
    animation: !isStill(),
    grid: { left: 0, right: 0.5 * look.rem, top: 0.75 * look.rem, bottom: 0, containLabel: true },
    xAxis: {
      type: 'category',
      data: shares.labels,
      axisLine: { lineStyle: { color: look.line } },
      axisTick: { show: false },
      axisLabel: {
        ...axisText(look),
        width: (look.width / Math.max(1, Math.min(shares.labels.length, 12))) * 0.9,
        overflow: 'truncate',
        hideOverlap: true,
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      splitLine: { lineStyle: { color: look.line } },
      axisLabel: { ...axisText(look), formatter: shares.compact },
    },
    tooltip: {
      trigger: 'axis',
      ...tooltipBase,
      axisPointer: { type: 'shadow', shadowStyle: { color: look.sunken, opacity: 0.6 } },
      formatter: (points: Hovered[]) => told(shares, points[0]?.dataIndex ?? 0),
    },
    series: [
      bars(look, shares.values, look.accent),
      ...(shares.before ? [bars(look, shares.before.values, look.soft)] : []),
    ],
  });

/** A ring of parts. */
export const ringOption =
  (shares: Shares) =>
  (look: Look): EChartsCoreOption => ({
    animation: !isStill(),
    tooltip: {
      trigger: 'item',
      ...tooltipBase,
      formatter: ({ dataIndex }: Hovered) => told(shares, dataIndex),
    },
    series: [
      {
        type: 'pie',
        radius: ['48%', '78%'],
        color: look.series,
        data: shares.labels.map((name, i) => ({ name, value: shares.values[i] })),
        itemStyle: { borderColor: look.surface, borderWidth: 2 },
        label: { ...axisText(look), color: look.ink },
        labelLine: { lineStyle: { color: look.line } },
        animationDuration: 300,
      },
    ],
  });
