import { queryOptions } from '@tanstack/react-query';
import { change, report } from './client';
import type { Day } from './days';
import { quantity, type Row, recordOf, rowsOf } from './reports';
import type { Span } from './view';

/** A note on a day of a site. */
export interface Annotation {
  id: number;
  day: Day;
  note: string;
  isStarred: boolean;
  author: string;
  mayChange: boolean;
}

export type AnnotationDraft = Pick<Annotation, 'day' | 'note' | 'isStarred'>;

const annotationOf = (row: Row): Annotation => ({
  id: quantity(row.idNote),
  day: String(row.date),
  note: String(row.note),
  isStarred: quantity(row.starred) > 0,
  author: String(row.user ?? ''),
  mayChange: quantity(row.canEditOrDelete) > 0,
});

/** The notes of a site in an answer, the newest first. */
export const annotationsOf = (body: unknown, idSite: number): Annotation[] =>
  rowsOf(recordOf(body)[idSite])
    .map(annotationOf)
    .sort((one, other) => other.day.localeCompare(one.day) || other.id - one.id);

export const annotationsKey = (idSite: number) => ['annotations', idSite];

/** The notes of some days, or all. */
export const annotationsQuery = (idSite: number, span?: Span) =>
  queryOptions({
    queryKey: [...annotationsKey(idSite), span],
    queryFn: async ({ signal }) =>
      annotationsOf(
        await report(
          'Annotations.getAll',
          { idSite, ...(span ? { period: 'range', date: `${span.from},${span.to}` } : {}) },
          signal,
        ),
        idSite,
      ),
  });

const parametersOf = ({ day, note, isStarred }: AnnotationDraft) => ({
  date: day,
  note,
  starred: isStarred ? 1 : 0,
});

export const addAnnotation = (idSite: number, draft: AnnotationDraft) =>
  change('Annotations.add', { idSite, ...parametersOf(draft) });
export const saveAnnotation = (idSite: number, idNote: number, draft: AnnotationDraft) =>
  change('Annotations.save', { idSite, idNote, ...parametersOf(draft) });
export const deleteAnnotation = (idSite: number, idNote: number) =>
  change('Annotations.delete', { idSite, idNote });

/** Which notes belong to which step: the last that begins on their day or before. */
export function notesOfSteps(starts: Day[], annotations: Annotation[]): string[][] {
  const notes = starts.map((): string[] => []);
  for (const { day, note } of annotations) {
    notes[starts.findLastIndex((start) => start <= day)]?.push(note);
  }
  return notes;
}
