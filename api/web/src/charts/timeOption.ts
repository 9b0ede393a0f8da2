import type { EChartsCoreOption } from 'echarts/core';
import { axisText, isStill, type Look, tooltip, tooltipBase } from './look';

export interface TimeSeries {
  name: string;
  values: (number | null)[];
  /** What the others are held against. */
  isCompared?: boolean;
}

export interface TimeChart {
  /** Names of the steps, short for the axis. */
  short: string[];
  long: string[];
  series: TimeSeries[];
  /** What people noted about each step. */
  notes?: string[][];
  /** The last step is not over yet. */
  isOpen: boolean;
  value: (value: number) => string;
  /** For the axis. */
  compact: (value: number) => string;
  soFar: string;
}

/** Figures over time: whole steps as lines, the step that is not over dashed. */
export const timeOption =
  (chart: TimeChart) =>
  (look: Look): EChartsCoreOption => ({
    animation: !isStill(),
    grid: {
      left: 0,
      right: 0.5 * look.rem,
      top: 0.75 * look.rem,
      bottom: 0,
      containLabel: true,
    },
    ...axes(chart, look),
    tooltip: {
      trigger: 'axis',
      ...tooltipBase,
      axisPointer: { lineStyle: { color: look.soft } },
      formatter: (points: { dataIndex: number }[]) => described(chart, points[0]?.dataIndex ?? 0),
    },
    series: [
      ...chart.series.flatMap((series, i) => lines(chart, series, look, i)),
      ...marks(chart, look),
    ],
  });

function axes({ short, compact }: TimeChart, look: Look) {
  const last = short.length - 1;
  // Counted backwards, so that the newest step always has its name.
  const step = Math.ceil(short.length / (look.width < 40 * look.rem ? 4 : 10));
  return {
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: short,
      axisLine: { lineStyle: { color: look.line } },
      axisTick: { show: false },
      axisLabel: {
        ...axisText(look),
        interval: (index: number) => (last - index) % step === 0,
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      splitLine: { lineStyle: { color: look.line } },
      axisLabel: { ...axisText(look), formatter: compact },
    },
  };
}

function lines({ isOpen }: TimeChart, series: TimeSeries, look: Look, index: number) {
  const last = series.values.length - 1;
  const color = series.isCompared ? look.soft : (look.series[index] ?? look.accent);
  const line = {
    type: 'line',
    smooth: 0.25,
    smoothMonotone: 'x',
    showSymbol: last === 0,
    symbolSize: 0.5 * look.rem,
    color,
    animationDuration: 400,
  };
  if (series.isCompared) {
    return [{ ...line, data: series.values, lineStyle: { width: 1.5, type: [2, 3] } }];
  }
  const area = (opacity: number) => (index === 0 ? { areaStyle: { color, opacity } } : {});
  if (!isOpen || last < 1) {
    return [{ ...line, data: series.values, lineStyle: { width: 2.5 }, ...area(0.1) }];
  }
  return [
    {
      ...line,
      data: series.values.map((value, i) => (i < last ? value : null)),
      lineStyle: { width: 2.5 },
      ...area(0.1),
    },
    {
      ...line,
      data: series.values.map((value, i) => (i >= last - 1 ? value : null)),
      lineStyle: { width: 2.5, type: [4, 5] },
      ...area(0.05),
    },
  ];
}

/** A mark on the axis where something was noted. */
function marks({ notes = [] }: TimeChart, look: Look) {
  if (!notes.some((texts) => texts.length)) return [];
  return [
    {
      type: 'line',
      data: notes.map((texts) => (texts.length ? 0 : null)),
      lineStyle: { width: 0 },
      showSymbol: true,
      showAllSymbol: true,
      symbol: 'triangle',
      symbolSize: 0.7 * look.rem,
      color: look.ink,
      z: 3,
    },
  ];
}

function described(
  { long, series, notes, isOpen, value, soFar }: TimeChart,
  index: number,
): HTMLElement {
  const open = isOpen && index === long.length - 1 ? ` ${soFar}` : '';
  const texts = series.map(({ name, values, isCompared }) => {
    const found = values[index];
    return `${name}: ${found === null || found === undefined ? '–' : value(found)}${isCompared ? '' : open}`;
  });
  const noted = (notes?.[index] ?? []).map((note) => `▲ ${note}`);
  return tooltip(long[index] ?? '', [...texts, ...noted]);
}
