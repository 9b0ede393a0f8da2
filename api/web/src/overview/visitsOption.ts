import type { EChartsCoreOption } from 'echarts/core';
import type { DayVisits } from '../api/reports';
import type { Locale } from '../i18n/locale';

/** The look of the page, read where the chart is. */
interface Look {
  accent: string;
  line: string;
  soft: string;
  rem: number;
  narrow: boolean;
}

function lookOf(style: CSSStyleDeclaration): Look {
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const rem = parseFloat(style.fontSize) || 16;
  return {
    accent: color('--accent'),
    line: color('--line'),
    soft: color('--ink-soft'),
    rem,
    narrow: parseFloat(style.width) < 40 * rem,
  };
}

/** What the chart shows: the whole days as a line, the day that is not over dashed. */
export function visitsOption(
  days: DayVisits[],
  locale: Locale,
  style: CSSStyleDeclaration,
): EChartsCoreOption {
  const look = lookOf(style);
  const { rem } = look;
  return {
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    grid: { left: 0, right: 0.5 * rem, top: 0.75 * rem, bottom: 0, containLabel: true },
    textStyle: { fontFamily: style.fontFamily, fontSize: 0.8 * rem },
    ...axes(days, locale, look),
    tooltip: {
      trigger: 'axis',
      className: 'tooltip',
      borderWidth: 0,
      padding: 0,
      backgroundColor: 'transparent',
      extraCssText: 'box-shadow: none',
      axisPointer: { lineStyle: { color: look.soft } },
      formatter: (points: { dataIndex: number }[]) =>
        describe(days, points[0]?.dataIndex ?? 0, locale),
    },
    series: lines(days, look),
  };
}

function axes(days: DayVisits[], { format }: Locale, { line, soft, rem, narrow }: Look) {
  const last = days.length - 1;
  // Counted from today backwards, so that the newest day always has its name.
  const step = Math.ceil(days.length / (narrow ? 4 : 10));
  const label = { color: soft, fontSize: 0.8 * rem };
  return {
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: days.map(({ day }) => day),
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: {
        ...label,
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
      splitLine: { lineStyle: { color: line } },
      axisLabel: { ...label, formatter: (value: number) => format.compact(value) },
    },
  };
}

function lines(days: DayVisits[], { accent, rem }: Look) {
  const last = days.length - 1;
  const line = {
    type: 'line',
    smooth: 0.25,
    smoothMonotone: 'x',
    showSymbol: false,
    symbolSize: 0.5 * rem,
    color: accent,
    animationDuration: 400,
  };
  return [
    {
      ...line,
      data: days.map(({ visits }, i) => (i < last || !last ? visits : null)),
      lineStyle: { width: 2.5 },
      areaStyle: { color: accent, opacity: 0.1 },
    },
    {
      ...line,
      data: days.map(({ visits }, i) => (i >= last - 1 ? visits : null)),
      lineStyle: { width: 2.5, type: [4, 5] },
      areaStyle: { color: accent, opacity: 0.05 },
    },
  ];
}

/** A day in words. */
function describe(days: DayVisits[], index: number, { t, tn, format }: Locale): HTMLElement {
  const { day, visits, visitors } = days[index]!;
  const soFar = index === days.length - 1 ? ` ${t('visits.soFar')}` : '';
  return tooltip(format.day(day, 'long'), [
    tn('visits.count', visits) + soFar,
    tn('visits.visitors', visitors),
  ]);
}

/** An element, not markup: markup would bring inline styles along. */
function tooltip(title: string, lines: string[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'tooltip-box';
  const head = box.appendChild(document.createElement('strong'));
  head.textContent = title;
  for (const text of lines) box.appendChild(document.createElement('span')).textContent = text;
  return box;
}
