import { queryOptions } from '@tanstack/react-query';
import { change, report } from './client';
import { quantity, type Query, recordOf, rowsOf } from './reports';

/** A segment that someone gave a name. */
export interface SavedSegment {
  id: number;
  name: string;
  definition: string;
  login: string;
  isShared: boolean;
}

/** A field that segments can ask for. */
export interface SegmentField {
  segment: string;
  name: string;
  category: string;
  type: 'dimension' | 'metric';
  acceptedValues?: string;
}

export const savedSegmentsQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['segments', idSite],
    queryFn: async ({ signal }): Promise<SavedSegment[]> =>
      rowsOf(await report('SegmentEditor.getAll', { idSite }, signal)).map((row) => ({
        id: quantity(row.idsegment),
        name: String(row.name),
        definition: String(row.definition),
        login: String(row.login),
        isShared: quantity(row.enable_all_users) > 0,
      })),
    staleTime: 60_000,
  });

export const segmentFieldsQuery = (idSite: number) =>
  queryOptions({
    queryKey: ['segmentFields', idSite],
    queryFn: async ({ signal }): Promise<SegmentField[]> =>
      rowsOf(await report('API.getSegmentsMetadata', { idSites: idSite }, signal)).map((row) => ({
        segment: String(row.segment),
        name: String(row.name),
        category: String(row.category),
        type: row.type === 'metric' ? 'metric' : 'dimension',
        acceptedValues: row.acceptedValues ? String(row.acceptedValues) : undefined,
      })),
    staleTime: 5 * 60_000,
  });

export const suggestedValuesQuery = (idSite: number, segmentName: string) =>
  queryOptions({
    queryKey: ['suggestedValues', idSite, segmentName],
    queryFn: async ({ signal }): Promise<string[]> => {
      const body = await report(
        'API.getSuggestedValuesForSegment',
        { idSite, segmentName },
        signal,
      );
      return (Array.isArray(body) ? body : []).map(String);
    },
    enabled: segmentName !== '',
    staleTime: 60_000,
  });

/** How many visits a segment selects. */
export const segmentCountQuery = (query: Query) =>
  queryOptions({
    queryKey: ['segmentCount', query],
    queryFn: async ({ signal }) =>
      quantity(recordOf(await report('VisitsSummary.getVisits', { ...query }, signal)).value),
    staleTime: 10_000,
  });

interface SegmentDraft {
  name: string;
  definition: string;
  isShared: boolean;
}

const parametersOf = (idSite: number, { name, definition, isShared }: SegmentDraft) => ({
  idSite,
  name,
  definition,
  autoArchive: 0,
  enabledAllUsers: isShared ? 1 : 0,
});

export const addSegment = (idSite: number, draft: SegmentDraft) =>
  change('SegmentEditor.add', parametersOf(idSite, draft));
export const updateSegment = (idSite: number, idSegment: number, draft: SegmentDraft) =>
  change('SegmentEditor.update', { idSegment, ...parametersOf(idSite, draft) });
export const deleteSegment = (idSegment: number) => change('SegmentEditor.delete', { idSegment });
