import { describe, expect, it } from 'vitest';
import type { Report } from '../src/api/catalogue';
import { addressesOf, scheduledOf } from '../src/api/scheduled';
import { sharedOf } from '../src/api/shares';
import { viewOf } from '../src/api/view';
import { embedCode, sharedAddress } from '../src/sharing/addresses';
import { metricOf } from '../src/sharing/SharedReport';

describe('a link', () => {
  const view = viewOf({ period: 'range', date: 'last7' });

  it('keeps its secret behind the hash sign', () => {
    expect(sharedAddress('https://n', 'abc', view)).toBe(
      'https://n/shared?period=range&date=last7#abc',
    );
    expect(embedCode('https://n', 'abc', view)).toContain(
      'src="https://n/embed?period=range&amp;date=last7#abc"',
    );
  });

  it('tells what it shows when it is opened', () => {
    const shared = sharedOf({
      access_token: 't',
      site: 3,
      site_name: 'River',
      currency: 'EUR',
      catalogue: [{ module: 'VisitsSummary', action: 'get', uniqueId: 'VisitsSummary_get' }],
    });
    expect(shared).toMatchObject({ token: 't', idSite: 3, siteName: 'River' });
    expect(shared.reports.map(({ method }) => method)).toEqual(['VisitsSummary.get']);
    expect(sharedOf(null).reports).toEqual([]);
  });

  it('shows the first metric that rows have', () => {
    const report = { metrics: { nb_uniq_visitors: 'a', nb_visits: 'b' } } as unknown as Report;
    expect(metricOf(report, [{ label: 'x', nb_visits: 3 }])).toBe('nb_visits');
    expect(metricOf(report, [])).toBeUndefined();
  });
});

describe('a scheduled report', () => {
  it('is read as the server tells it', () => {
    const row = {
      idreport: 4,
      description: 'Weekly',
      period: 'week',
      hour: '6',
      format: 'csv',
      reports: ['VisitsSummary_get'],
      parameters: { emailMe: false, additionalEmails: ['a@b.example'] },
      ts_last_sent: null,
    };
    expect(scheduledOf(row)).toMatchObject({
      id: 4,
      schedule: 'week',
      hour: 6,
      format: 'csv',
      toOwner: false,
      recipients: ['a@b.example'],
      sentAt: undefined,
    });
  });

  it('has addresses one a line or after commas', () => {
    expect(addressesOf(' a@b.example,\nc@d.example ')).toEqual(['a@b.example', 'c@d.example']);
  });
});
