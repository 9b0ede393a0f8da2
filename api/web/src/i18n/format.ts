/** Numbers, times and names as people of a locale write them. */
export interface Format {
  number(value: number): string;
  /** Short: 12.3K. */
  compact(value: number): string;
  decimal(value: number): string;
  /** A ratio of 0 to 1. */
  percent(ratio: number): string;
  /** 3m 04s */
  duration(seconds: number): string;
  /** 12 s, 340 ms */
  span(ms: number): string;
  /** A day given as YYYY-MM-DD. */
  day(day: string, style: DayStyle): string;
  /** From one day to another. */
  days(from: string, to: string): string;
  /** A moment of a time zone. */
  moment(seconds: number, timeZone?: string): string;
  money(value: number, currency: string): string;
  /** A ratio as a change, with its sign. */
  change(ratio: number): string;
  country(code: string): string | undefined;
}

export type DayStyle = 'short' | 'long' | 'full' | 'month' | 'monthShort';

const day = (text: string): Date => new Date(`${text}T00:00:00Z`);

export function newFormat(tag: string): Format {
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
  const one = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const compact = new Intl.NumberFormat(tag, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 });
  const dates = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(tag, { ...options, timeZone: 'UTC' });
  const days: Record<DayStyle, Intl.DateTimeFormat> = {
    short: dates({ day: 'numeric', month: 'short' }),
    long: dates({ weekday: 'long', day: 'numeric', month: 'long' }),
    full: dates({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }),
    month: dates({ month: 'long', year: 'numeric' }),
    monthShort: dates({ month: 'short', year: '2-digit' }),
  };
  const spans = dates({ day: 'numeric', month: 'short', year: 'numeric' });
  const changes = new Intl.NumberFormat(tag, {
    style: 'percent',
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  });
  const regions = new Intl.DisplayNames([tag], { type: 'region', fallback: 'none' });

  return {
    number: (value) => whole.format(value),
    compact: (value) => (value < 10_000 ? whole : compact).format(value),
    // The sum of nothing may be a negative zero.
    decimal: (value) => one.format(value || 0),
    percent: (ratio) => percent.format(ratio),
    duration(seconds) {
      const s = Math.round(seconds);
      if (s < 60) return `${s}s`;
      const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
      return h
        ? `${h}h ${String(m).padStart(2, '0')}m`
        : `${m}m ${String(s % 60).padStart(2, '0')}s`;
    },
    span(ms) {
      if (ms < 1000) return `${whole.format(ms)} ms`;
      if (ms < 10_000) return `${one.format(ms / 1000)} s`;
      if (ms < 90_000) return `${whole.format(ms / 1000)} s`;
      return ms < 5_400_000
        ? `${whole.format(ms / 60_000)} min`
        : `${whole.format(ms / 3_600_000)} h`;
    },
    day: (text, style) => days[style].format(day(text)),
    days: (from, to) => spans.formatRange(day(from), day(to)),
    moment(seconds, timeZone) {
      const style = { dateStyle: 'medium', timeStyle: 'short' } as const;
      const at = seconds * 1000;
      try {
        return new Intl.DateTimeFormat(tag, { ...style, timeZone }).format(at);
      } catch {
        return new Intl.DateTimeFormat(tag, { ...style, timeZone: 'UTC' }).format(at);
      }
    },
    money: (value, currency) =>
      new Intl.NumberFormat(tag, {
        style: 'currency',
        currency: /^[A-Z]{3}$/.test(currency) ? currency : 'USD',
        maximumFractionDigits: Number.isInteger(value) ? 0 : 2,
        minimumFractionDigits: 0,
      }).format(value),
    change: (ratio) => changes.format(ratio),
    country(code) {
      if (!/^[a-z]{2}$/i.test(code) || code.toLowerCase() === 'xx') return undefined;
      return regions.of(code.toUpperCase());
    },
  };
}
