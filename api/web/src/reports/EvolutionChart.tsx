import { useMemo } from 'react';
import type { Unit } from '../api/catalogue';
import type { Evolution } from '../api/table';
import { written, writtenShort } from '../api/units';
import { LazyChart } from '../charts/LazyChart';
import { timeOption } from '../charts/timeOption';
import type { Drawn } from '../charts/useEChart';
import { useView } from '../frame/context';
import { type Locale, useLocale } from '../i18n/locale';

interface EvolutionChartProps {
  evolution: Evolution;
  unit: Unit | undefined;
  period: string;
  onDrawn?: (drawn: Drawn) => void;
}

/** The name of a step: answers call it 2026, 2026-03, 2026-03-09 or "2026-03-09,2026-03-15". */
export function stepName(step: string, style: 'short' | 'long', { format, t }: Locale): string {
  if (step.length === 4) return step;
  if (step.length === 7)
    return format.day(`${step}-01`, style === 'short' ? 'monthShort' : 'month');
  const text = format.day(step.slice(0, 10), style);
  return step.includes(',') && style === 'long' ? t('trend.weekOf', { day: text }) : text;
}

export function EvolutionChart({ evolution, unit, period, onDrawn }: EvolutionChartProps) {
  const locale = useLocale();
  const { site, today } = useView();
  const draw = useMemo(() => {
    const { format, t } = locale;
    const last = evolution.steps.at(-1) ?? '';
    return timeOption({
      short: evolution.steps.map((step) => stepName(step, 'short', locale)),
      long: evolution.steps.map((step) => stepName(step, 'long', locale)),
      series: evolution.series,
      isOpen:
        period === 'day' ? last === today : (last.split(',')[1] ?? today).slice(0, 10) >= today,
      value: (value) => written(value, unit, format, site.currency),
      compact: (value) => writtenShort(value, unit, format, site.currency),
      soFar: t('trend.soFar'),
    });
  }, [evolution, unit, locale, site, today, period]);
  const names = evolution.series.map(({ name }) => name).join(', ');
  return (
    <>
      <LazyChart
        draw={draw}
        label={locale.t('report.evolutionOf', { label: names })}
        onDrawn={onDrawn}
      />
      {evolution.series.length > 1 && (
        <ul className="legend" aria-hidden="true">
          {evolution.series.map(({ name, isCompared }, i) => (
            <li key={name} data-series={i + 1} data-compared={isCompared}>
              {name}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
