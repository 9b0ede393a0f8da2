import { type FormEvent, useState } from 'react';
import { type Preset, presetDates, presetOf, PRESETS, type Span, spanOf, step } from '../api/view';
import { type Locale, useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { Popover } from '../ui/Popover';
import { type SiteView, useView } from './context';

/** The days a page is about: presets, any range, and a step back or forth. */
export function DatePicker() {
  const locale = useLocale();
  const { t } = locale;
  const current = useView();
  const { view, today, span, change } = current;
  const later = step(view, today, 1);
  const hasLater = spanOf(later, today).from <= today;
  return (
    <div className="date-picker" role="group" aria-label={t('date.label')}>
      <button
        type="button"
        className="button-quiet button-icon"
        aria-label={t('date.earlier')}
        data-testid="date-earlier"
        onClick={() => change(step(view, today, -1))}
      >
        <Icon name="previous" />
      </button>
      <Popover
        label={`${t('date.label')}: ${dateText(current, locale)}`}
        icon="calendar"
        text={dateText(current, locale)}
        className="date-popover"
        testId="date-picker"
      >
        {(close) => (
          <>
            <Presets close={close} />
            <CustomRange key={`${span.from} ${span.to}`} span={span} close={close} />
          </>
        )}
      </Popover>
      <button
        type="button"
        className="button-quiet button-icon"
        aria-label={t('date.later')}
        data-testid="date-later"
        disabled={!hasLater}
        onClick={() => change(later)}
      >
        <Icon name="next" />
      </button>
    </div>
  );
}

/** The days in words. */
export function dateText({ view, today, span }: SiteView, { t, format }: Locale): string {
  const preset = presetOf(view, today);
  if (preset) return t(`date.${preset}`);
  switch (view.period) {
    case 'day':
      return format.day(span.from, 'full');
    case 'month':
      return format.day(span.from, 'month');
    case 'year':
      return span.from.slice(0, 4);
    default:
      return format.days(span.from, span.to);
  }
}

function Presets({ close }: { close: () => void }) {
  const { t } = useLocale();
  const { view, today, change } = useView();
  const current = presetOf(view, today);
  const choose = (preset: Preset): void => {
    change(presetDates(preset, today));
    close();
  };
  return (
    <ul className="choices">
      {PRESETS.map((preset) => (
        <li key={preset}>
          <button
            type="button"
            aria-pressed={preset === current}
            data-testid={`date-${preset}`}
            onClick={() => choose(preset)}
          >
            {t(`date.${preset}`)}
          </button>
        </li>
      ))}
    </ul>
  );
}

function CustomRange({ span, close }: { span: Span; close: () => void }) {
  const { t } = useLocale();
  const { today, change } = useView();
  const [from, setFrom] = useState(span.from);
  const [to, setTo] = useState(span.to > today ? today : span.to);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change(
      from === to ? { period: 'day', date: from } : { period: 'range', date: `${from},${to}` },
    );
    close();
  };
  return (
    <form className="date-custom" onSubmit={submit}>
      <label className="field">
        {t('date.from')}
        <input
          type="date"
          required
          value={from}
          max={to}
          onChange={({ target }) => setFrom(target.value)}
        />
      </label>
      <label className="field">
        {t('date.to')}
        <input
          type="date"
          required
          value={to}
          min={from}
          max={today}
          onChange={({ target }) => setTo(target.value)}
        />
      </label>
      <button className="button button-small">{t('date.apply')}</button>
    </form>
  );
}
