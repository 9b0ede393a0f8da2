import { describe, expect, it } from 'vitest';
import { de } from '../src/i18n/de';
import { en } from '../src/i18n/en';
import { newFormat } from '../src/i18n/format';
import { newLocale } from '../src/i18n/locale';

describe('format', () => {
  const english = newFormat('en-GB');
  const german = newFormat('de-DE');

  it('writes numbers as the locale does', () => {
    expect(english.number(1234567.4)).toBe('1,234,567');
    expect(german.number(1234567)).toBe('1.234.567');
    expect(german.decimal(24.25)).toBe('24,3');
    expect(english.percent(0.444)).toBe('44%');
  });

  it('shortens only what is long', () => {
    expect(english.compact(9999)).toBe('9,999');
    expect(english.compact(151_800)).toMatch(/^151\.8k$/i);
  });

  it.each([
    [0, '0s'],
    [59.4, '59s'],
    [59.6, '1m 00s'],
    [134, '2m 14s'],
    [3600, '1h 00m'],
    [7325, '2h 02m'],
  ])('writes %d seconds as %s', (seconds, text) => expect(english.duration(seconds)).toBe(text));

  it.each([
    [340, '340 ms'],
    [1500, '1.5 s'],
    [14_000, '14 s'],
    [120_000, '2 min'],
    [7_200_000, '2 h'],
  ])('writes a span of %d ms as %s', (ms, text) => expect(english.span(ms)).toBe(text));

  it('reads days as days, wherever the reader is', () => {
    expect(english.day('2026-03-01', 'short')).toBe('1 Mar');
    expect(german.day('2026-03-01', 'long')).toBe('Sonntag, 1. März');
  });

  it('names countries, and admits that it does not know one', () => {
    expect(german.country('de')).toBe('Deutschland');
    expect(english.country('xx')).toBeUndefined();
    expect(english.country('')).toBeUndefined();
    expect(english.country('not a code')).toBeUndefined();
  });
});

describe('messages', () => {
  it('have the same places for values in every language', () => {
    const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(places(de[key]), key).toEqual(places(en[key]));
      expect(de[key].trim(), key).not.toBe('');
    }
  });

  it('choose the form by number', () => {
    const { tn, t } = newLocale('en');
    expect(tn('live.announce', 1)).toBe('1 visitor now');
    expect(tn('live.announce', 0)).toBe('0 visitors now');
    expect(t('live.age', { age: '5 s' })).toBe('as of 5 s ago');
    expect(t('live.age')).toContain('{age}');
  });
});
