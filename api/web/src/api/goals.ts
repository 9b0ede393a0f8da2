import { queryOptions } from '@tanstack/react-query';
import { change, report } from './client';
import { quantity, type Query, recordOf, type Row } from './reports';

export const MATCHES = [
  'url',
  'title',
  'file',
  'external_website',
  'event_category',
  'event_action',
  'event_name',
  'visit_duration',
  'manually',
] as const;
export type Match = (typeof MATCHES)[number];
export const PATTERNS = ['contains', 'exact', 'regex', 'greater_than'] as const;
export type Pattern = (typeof PATTERNS)[number];

export interface Goal {
  id: number;
  name: string;
  description: string;
  match: Match;
  pattern: string;
  patternType: Pattern;
  isCaseSensitive: boolean;
  revenue: number;
  isRepeated: boolean;
}

export type GoalDraft = Omit<Goal, 'id'>;

export const NEW_GOAL: GoalDraft = {
  name: '',
  description: '',
  match: 'url',
  pattern: '',
  patternType: 'contains',
  isCaseSensitive: false,
  revenue: 0,
  isRepeated: false,
};

export const goalOf = (row: Row): Goal => ({
  id: quantity(row.idgoal),
  name: String(row.name ?? ''),
  description: String(row.description ?? ''),
  match: MATCHES.find((known) => known === row.match_attribute) ?? 'manually',
  pattern: String(row.pattern ?? ''),
  patternType: PATTERNS.find((known) => known === row.pattern_type) ?? 'contains',
  isCaseSensitive: quantity(row.case_sensitive) > 0,
  revenue: quantity(row.revenue),
  isRepeated: quantity(row.allow_multiple) > 0,
});

export const goalsQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['goals', idSite],
    queryFn: async ({ signal }): Promise<Goal[]> => {
      const body = await report('Goals.getGoals', { idSite }, signal);
      return Object.values(Array.isArray(body) ? body : recordOf(body)).map((row) =>
        goalOf(recordOf(row)),
      );
    },
  });

/** What a goal, all goals, orders or carts brought. */
export const goalFiguresQuery = (query: Query, idGoal: string | number) =>
  queryOptions({
    queryKey: ['goalFigures', query, idGoal],
    queryFn: async ({ signal }) =>
      recordOf(await report('Goals.get', { ...query, idGoal, format_metrics: 0 }, signal)),
  });

const parametersOf = (draft: GoalDraft) => ({
  name: draft.name,
  description: draft.description,
  matchAttribute: draft.match,
  pattern: draft.match === 'manually' ? '' : draft.pattern,
  patternType: draft.match === 'visit_duration' ? 'greater_than' : draft.patternType,
  caseSensitive: draft.isCaseSensitive ? 1 : 0,
  revenue: draft.revenue,
  allowMultipleConversionsPerVisit: draft.isRepeated ? 1 : 0,
});

export const addGoal = (idSite: number, draft: GoalDraft) =>
  change('Goals.addGoal', { idSite, ...parametersOf(draft) });
export const updateGoal = (idSite: number, idGoal: number, draft: GoalDraft) =>
  change('Goals.updateGoal', { idSite, idGoal, ...parametersOf(draft) });
export const deleteGoal = (idSite: number, idGoal: number) =>
  change('Goals.deleteGoal', { idSite, idGoal });

const FIELDS: Partial<Record<Match, string>> = {
  url: 'pageUrl',
  title: 'pageTitle',
  file: 'downloadUrl',
  external_website: 'outlinkUrl',
  event_category: 'eventCategory',
  event_action: 'eventAction',
  event_name: 'eventName',
};

/** The segment of past visits that a goal would have counted; patterns that segments cannot say have none. */
export function segmentOfGoal({ match, pattern, patternType }: GoalDraft): string | undefined {
  if (!pattern) return undefined;
  if (match === 'visit_duration') {
    const minutes = Number(pattern);
    return Number.isFinite(minutes) ? `visitDuration>${Math.round(minutes * 60)}` : undefined;
  }
  const field = FIELDS[match];
  if (!field || patternType === 'regex') return undefined;
  return `${field}${patternType === 'exact' ? '==' : '=@'}${encodeURIComponent(pattern)}`;
}
