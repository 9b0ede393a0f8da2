import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef, useState } from 'react';
import type { DayVisits } from '../api/reports';
import { useLocale } from '../i18n/locale';
import { visitsOption } from './visitsOption';

use([LineChart, GridComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

/** Changes when the look of the page does: light and dark have their own colours. */
function useScheme(): boolean {
  const [dark, setDark] = useState(() => darkQuery().matches);
  useEffect(() => {
    const query = darkQuery();
    const change = (): void => setDark(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return dark;
}

const darkQuery = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)');

export default function VisitsChart({ days }: { days: DayVisits[] }) {
  const locale = useLocale();
  const dark = useScheme();
  const [width, setWidth] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(null);

  useEffect(() => {
    const element = box.current!;
    const made = (chart.current = init(element));
    const observer = new ResizeObserver(() => {
      made.resize();
      setWidth(element.clientWidth);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(visitsOption(days, locale, getComputedStyle(box.current!)), true);
  }, [days, locale, dark, width]);

  return (
    <div ref={box} className="chart-canvas" role="img" aria-label={locale.t('visits.perDay')} />
  );
}
