import { queryOptions } from '@tanstack/react-query';
import { change, exported, type Parameters, report } from './client';
import { quantity, recordOf, type Row, rowsOf } from './reports';

export const SCHEDULES = ['day', 'week', 'month', 'never'] as const;
export type Schedule = (typeof SCHEDULES)[number];
export const FORMATS = ['html', 'csv', 'tsv'] as const;
export type Format = (typeof FORMATS)[number];

/** Reports that are put together and sent by themselves. */
export interface ScheduledReport {
  id: number;
  description: string;
  schedule: Schedule;
  /** Of the day, when it is sent. */
  hour: number;
  format: Format;
  /** Reports by their unique names. */
  reports: string[];
  idSegment: number;
  toOwner: boolean;
  recipients: string[];
  login: string;
  sentAt?: string;
}

export type ScheduledDraft = Omit<ScheduledReport, 'id' | 'login' | 'sentAt'>;

export const NEW_SCHEDULED: ScheduledDraft = {
  description: '',
  schedule: 'week',
  hour: 6,
  format: 'html',
  reports: [],
  idSegment: 0,
  toOwner: true,
  recipients: [],
};

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : Object.values(recordOf(value)).map(String);

export function scheduledOf(row: Row): ScheduledReport {
  const parameters = recordOf(row.parameters);
  return {
    id: quantity(row.idreport),
    description: String(row.description ?? ''),
    schedule: SCHEDULES.find((known) => known === row.period) ?? 'never',
    hour: quantity(row.hour),
    format: FORMATS.find((known) => known === row.format) ?? 'html',
    reports: texts(row.reports),
    idSegment: quantity(row.idsegment),
    toOwner: parameters.emailMe === true || quantity(parameters.emailMe) > 0,
    recipients: texts(parameters.additionalEmails),
    login: String(row.login ?? ''),
    sentAt: row.ts_last_sent ? String(row.ts_last_sent) : undefined,
  };
}

export const scheduledKey = (idSite: number) => ['scheduled', idSite];

export const scheduledQuery = (idSite: number) =>
  queryOptions({
    queryKey: scheduledKey(idSite),
    queryFn: async ({ signal }) =>
      rowsOf(await report('ScheduledReports.getReports', { idSite }, signal)).map(scheduledOf),
  });

/** Tables only: `displayFormat` of reports as e-mail. */
const TABLES_ONLY = 1;

const parametersOf = (idSite: number, draft: ScheduledDraft): Parameters => ({
  idSite,
  description: draft.description,
  period: draft.schedule,
  hour: draft.hour,
  reportType: 'email',
  reportFormat: draft.format,
  reports: draft.reports,
  idSegment: draft.idSegment || undefined,
  'parameters[emailMe]': draft.toOwner ? 1 : 0,
  'parameters[additionalEmails]': draft.recipients,
  'parameters[displayFormat]': TABLES_ONLY,
});

export const addScheduled = (idSite: number, draft: ScheduledDraft) =>
  change('ScheduledReports.addReport', parametersOf(idSite, draft));
export const updateScheduled = (idSite: number, idReport: number, draft: ScheduledDraft) =>
  change('ScheduledReports.updateReport', { idReport, ...parametersOf(idSite, draft) });
export const deleteScheduled = (idReport: number) =>
  change('ScheduledReports.deleteReport', { idReport });
export const sendScheduled = (idReport: number) =>
  change('ScheduledReports.sendReport', { idReport });

/** What would be sent today. */
export const previewScheduled = ({ id, format }: ScheduledReport): Promise<Blob> =>
  exported(
    'ScheduledReports.generateReport',
    { idReport: id, date: 'yesterday', reportFormat: format, outputType: 1 },
    'json',
  );

/** Addresses, one a line or after commas. */
export const addressesOf = (text: string): string[] =>
  text
    .split(/[\s,;]+/)
    .map((part) => part.trim())
    .filter(Boolean);
