import type { SegmentField } from '../api/segments';
import type { MessageKey } from '../i18n/en';

/** How a field and a value are compared, as segment definitions write it. */
export const OPERATORS = ['==', '!=', '=@', '!@', '=^', '=$', '>', '>=', '<', '<='] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
  field: string;
  operator: Operator;
  value: string;
}

/** Conditions of one group are alternatives; all groups must hold. */
export type Definition = Condition[][];

/** The longest first, so that `>=` is not read as `>`. */
const BY_LENGTH = [...OPERATORS].sort((one, other) => other.length - one.length);

/** Cuts a text at a separator that is not escaped. */
const cut = (text: string, separator: string): string[] =>
  text
    .split(new RegExp(`(?<!\\\\)${separator}`))
    .map((part) => part.trim())
    .filter(Boolean);

function readCondition(text: string): Condition | undefined {
  const start = text.search(/[=!<>]/);
  const operator = BY_LENGTH.find((known) => start > 0 && text.startsWith(known, start));
  if (!operator) return undefined;
  const value = text.slice(start + operator.length).replace(/\\([,;])/g, '$1');
  return { field: text.slice(0, start), operator, value: decoded(value) };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Reads a definition; nothing if a part of it is no condition. */
export function readDefinition(text: string): Definition | undefined {
  const groups = cut(text, ';').map((group) => cut(group, ',').map(readCondition));
  const isWhole = groups.every((group) => group.every((condition) => condition !== undefined));
  return isWhole ? (groups as Definition) : undefined;
}

export const writeDefinition = (definition: Definition): string =>
  definition
    .map((group) =>
      group
        .map(({ field, operator, value }) => `${field}${operator}${encodeURIComponent(value)}`)
        .join(','),
    )
    .filter(Boolean)
    .join(';');

/** Another condition that must hold, too; the same twice is once. */
export function narrowed(segment: string | undefined, by: string): string {
  const parts = [...(segment ? cut(segment, ';') : []), ...cut(by, ';')];
  return [...new Set(parts)].join(';');
}

type Translate = (key: MessageKey) => string;

/** A definition in words. */
export function describe(text: string, fields: SegmentField[], t: Translate): string {
  const definition = readDefinition(text);
  if (!definition) return text;
  const nameOf = (field: string): string =>
    fields.find(({ segment }) => segment === field)?.name ?? field;
  return definition
    .map((group) =>
      group
        .map(
          ({ field, operator, value }) =>
            `${nameOf(field)} ${t(`operator.${operator}`)} ${value || t('segment.nothing')}`,
        )
        .join(` ${t('segment.or')} `),
    )
    .join(` ${t('segment.and')} `);
}
