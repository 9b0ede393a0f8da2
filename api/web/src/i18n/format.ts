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
  day(day: string, style: 'short' | 'long'): string;
  country(code: string): string | undefined;
}

const day = (text: string): Date => new Date(`${text}T00:00:00Z`);

export function newFormat(tag: string): Format {
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
  const one = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const compact = new Intl.NumberFormat(tag, { notation: 'compact', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 });
  const days = {
    short: new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
    long: new Intl.DateTimeFormat(tag, {
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      timeZone: 'UTC',
    }),
  };
  const regions = new Intl.DisplayNames([tag], { type: 'region', fallback: 'none' });

  return {
    number: (value) => whole.format(value),
    compact: (value) => (value < 10_000 ? whole : compact).format(value),
    decimal: (value) => one.format(value),
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
    country(code) {
      if (!/^[a-z]{2}$/i.test(code) || code.toLowerCase() === 'xx') return undefined;
      return regions.of(code.toUpperCase());
    },
  };
}
