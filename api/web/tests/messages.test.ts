import { describe, expect, it } from 'vitest';
import { de } from '../src/i18n/de';
import { en } from '../src/i18n/en';

const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

describe('every language', () => {
  it('has the same messages with the same places for values', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) {
      expect([key, placeholders(de[key as keyof typeof en])]).toEqual([key, placeholders(text)]);
      expect([key, de[key as keyof typeof en].trim().length > 0]).toEqual([key, true]);
    }
  });
});
