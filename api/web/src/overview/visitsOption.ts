import type { EChartsCoreOption } from 'echarts/core';
import type { DayVisits } from '../api/reports';
import type { Locale } from '../i18n/locale';

/** What the chart shows: the whole days as a line, the day that is not over dashed. */
export function visitsOption(
  days: DayVisits[],
  { t, tn, format }: Locale,
  style: CSSStyleDeclaration,
): EChartsCoreOption {
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const rem = parseFloat(style.fontSize) || 16;
  const last = days.length - 1;
  // Counted from today backwards, so that the newest day always has its name.
  const labels = parseFloat(style.width) < 40 * rem ? 4 : 10;
  const step = Math.ceil(days.length / labels);
  const line = {
    type: 'line',
    smooth: 0.25,
    smoothMonotone: 'x',
    showSymbol: false,
    symbolSize: 0.5 * rem,
    color: color('--accent'),
    animationDuration: 400,
  };
  return {
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    grid: { left: 0, right: 0.5 * rem, top: 0.75 * rem, bottom: 0, containLabel: true },
    textStyle: { fontFamily: style.fontFamily, fontSize: 0.8 * rem },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: days.map(({ day }) => day),
      axisLine: { lineStyle: { color: color('--line') } },
      axisTick: { show: false },
      axisLabel: {
        color: color('--ink-soft'),
        fontSize: 0.8 * rem,
        interval: (index: number) => (last - index) % step === 0,
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
        formatter: (day: string) => format.day(day, 'short'),
      },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      splitLine: { lineStyle: { color: color('--line') } },
      axisLabel: {
        color: color('--ink-soft'),
        fontSize: 0.8 * rem,
        formatter: (value: number) => format.compact(value),
      },
    },
    tooltip: {
      trigger: 'axis',
      className: 'tooltip',
      borderWidth: 0,
      padding: 0,
      backgroundColor: 'transparent',
      extraCssText: 'box-shadow: none',
      axisPointer: { lineStyle: { color: color('--ink-soft') } },
      // Elements, not markup: markup would bring inline styles along.
      formatter: (points: { dataIndex: number }[]) => {
        const index = points[0]?.dataIndex ?? 0;
        const day = days[index]!;
        return tooltip(format.day(day.day, 'long'), [
          tn('visits.count', day.visits) + (index === last ? ` ${t('visits.soFar')}` : ''),
          tn('visits.visitors', day.visitors),
        ]);
      },
    },
    series: [
      {
        ...line,
        data: days.map(({ visits }, i) => (i < last || !last ? visits : null)),
        lineStyle: { width: 2.5 },
        areaStyle: { color: color('--accent'), opacity: 0.1 },
      },
      {
        ...line,
        data: days.map(({ visits }, i) => (i >= last - 1 ? visits : null)),
        lineStyle: { width: 2.5, type: [4, 5] },
        areaStyle: { color: color('--accent'), opacity: 0.05 },
      },
    ],
  };
}

function tooltip(title: string, lines: string[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'tooltip-box';
  const head = box.appendChild(document.createElement('strong'));
  head.textContent = title;
  for (const text of lines) box.appendChild(document.createElement('span')).textContent = text;
  return box;
}
