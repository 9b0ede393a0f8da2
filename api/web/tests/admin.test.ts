import { describe, expect, it } from 'vitest';
import { auditEntryOf, ingestCounts } from '../src/api/admin';
import { goalOf, NEW_GOAL, segmentOfGoal } from '../src/api/goals';
import { profileOf, visitOf } from '../src/api/visits';
import { counted, sectionOf } from '../src/live/useSegmentLive';

describe('what the metrics say of hits', () => {
  it('is read by reason', () => {
    const text = `# HELP x y
nagare_ingest_hits_received_total 12
nagare_ingest_hits_accepted_total 9
nagare_ingest_hits_dropped_total{reason="bot"} 1
nagare_ingest_hits_dropped_total{reason="opted_out"} 2
nagare_ingest_hits_dropped_total{reason="overload"} 0
`;
    expect(ingestCounts(text)).toEqual({
      received: 12,
      accepted: 9,
      dropped: [
        { reason: 'opted_out', count: 2 },
        { reason: 'bot', count: 1 },
      ],
    });
  });

  it('is nothing where no hits arrive', () => expect(ingestCounts('up 1')).toBeUndefined());
});

describe('an entry of the audit log', () => {
  it('comes in its link of the chain', () => {
    const entry = { at: 5, actor: 'ada', action: 'session.begin', target: 'x', outcome: 'done' };
    const read = auditEntryOf({ sequence: 7, previous: '', hash: 'f', entry });
    expect(read).toEqual({ sequence: 7, ...entry, address: '' });
  });
});

describe('a goal', () => {
  it('is read as the server tells it', () => {
    expect(goalOf({ idgoal: '2', name: 'A', match_attribute: 'manually' })).toMatchObject({
      id: 2,
      match: 'manually',
      pattern: '',
      isRepeated: false,
    });
  });

  it('says which past visits it would have counted', () => {
    const of = (part: Partial<typeof NEW_GOAL>) => segmentOfGoal({ ...NEW_GOAL, ...part });
    expect(of({ pattern: '/a,b' })).toBe('pageUrl=@%2Fa%2Cb');
    expect(of({ pattern: 'x', match: 'title', patternType: 'exact' })).toBe('pageTitle==x');
    expect(of({ pattern: '2', match: 'visit_duration' })).toBe('visitDuration>120');
    expect([of({}), of({ pattern: 'x', patternType: 'regex' })]).toEqual([undefined, undefined]);
  });
});

describe('a visit', () => {
  it('is read with what it has, and never leads to a script', () => {
    const visit = visitOf({
      idVisit: 3,
      visitorId: 'ab',
      visitorType: 'returning',
      visitEcommerceStatus: 'ordered',
      referrerType: 'website',
      referrerName: 'x',
      referrerUrl: 'javascript:alert(1)',
      actionDetails: [{ type: 'action', url: 'data:x', pageTitle: 'Home', timestamp: 7 }],
    });
    expect(visit).toMatchObject({
      isReturning: true,
      hasOrder: true,
      referrer: { name: 'x', url: undefined },
      actions: [{ title: 'Home', url: undefined, at: 7 }],
    });
  });
});

describe('a profile', () => {
  it('of nobody is none', () => {
    expect([profileOf([]), profileOf({})]).toEqual([undefined, undefined]);
    expect(profileOf({ visitorId: 'a', totalVisits: 2 })).toMatchObject({ visits: 2, pages: [] });
  });
});

describe('labels of visitors', () => {
  it('are counted, the most frequent first', () => {
    expect(counted(['b', 'a', 'b'])).toEqual([
      { label: 'b', visitors: 2 },
      { label: 'a', visitors: 1 },
    ]);
  });

  it('are by section, too', () => {
    const urls = ['https://h/news/a?b=/c/', 'https://h/imprint', 'https://h', 'x'];
    expect(urls.map(sectionOf)).toEqual(['/news/', '/', '/', '/']);
  });
});
