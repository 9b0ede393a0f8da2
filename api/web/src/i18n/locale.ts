import { createContext, useContext, useMemo } from 'react';
import { de } from './de';
import { germanWords } from './de/words';
import { type Catalogue, en, type MessageKey } from './en';
import { newFormat, type Format } from './format';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const CATALOGUES: Record<Language, Catalogue> = { en, de };
/** Texts that the server has in English only. */
const WORDS: Partial<Record<Language, Record<string, string>>> = { de: germanWords };
const STORAGE_KEY = 'nagare.language';

/** Keys that come in two forms, by number. */
type Plural = MessageKey extends infer Key
  ? Key extends `${infer Stem}_one`
    ? Stem
    : never
  : never;
type Values = Record<string, string | number>;

export interface Locale {
  language: Language;
  format: Format;
  t(key: MessageKey, values?: Values): string;
  /** The form for a number; `{count}` in it is the number, formatted. */
  tn(key: Plural, count: number): string;
  /** A text of the catalogue, in the language of the page where it is known. */
  word(text: string): string;
}

/** The chosen language, else the browser's, else English. */
export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(STORAGE_KEY), ...navigator.languages];
  const known = wanted.map((tag) => tag?.slice(0, 2)).find((tag) => tag && tag in LANGUAGES);
  return (known ?? 'en') as Language;
}

export const rememberLanguage = (language: Language): void =>
  localStorage.setItem(STORAGE_KEY, language);

export function newLocale(language: Language): Locale {
  const catalogue = CATALOGUES[language];
  // The region of the browser decides how numbers look, when it goes with the language.
  const tag = navigator.languages.find((candidate) => candidate.startsWith(language)) ?? language;
  const format = newFormat(tag);
  const plural = new Intl.PluralRules(language);
  const t = (key: MessageKey, values: Values = {}): string =>
    catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  return {
    language,
    format,
    t,
    word: (text) => WORDS[language]?.[text] ?? text,
    tn: (key, count) =>
      t(`${key}_${plural.select(count) === 'one' ? 'one' : 'other'}`, {
        count: format.number(count),
      }),
  };
}

export interface LocaleChoice extends Locale {
  choose(language: Language): void;
}

export const LocaleContext = createContext<LocaleChoice | null>(null);

export function useLocale(): LocaleChoice {
  const locale = useContext(LocaleContext);
  if (!locale) throw new Error('no locale around this component');
  return locale;
}

export const useNewLocale = (language: Language): Locale =>
  useMemo(() => newLocale(language), [language]);
