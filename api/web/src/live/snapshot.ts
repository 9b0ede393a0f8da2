export interface Counted {
  label: string;
  visitors: number;
}

/** Who is there now, as the server counts it. */
export interface Snapshot {
  /** Milliseconds since 1970, by the server's clock. */
  at: number;
  visitors: { m1: number; m3: number; m5: number; m30: number };
  /** Visitors of the last five minutes who do more than look in. */
  engaged: number;
  hitsPerSecond: number;
  pages: Counted[];
  /** First folders of pages. */
  sections: Counted[];
  referrers: Counted[];
  campaigns: Counted[];
  countries: Counted[];
  lagMs: number;
}

export interface Refusal {
  status: number;
  detail: string;
}

export type Frame = { snapshot: Snapshot } | { refusal: Refusal } | undefined;

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);

const counted = (value: unknown): Counted[] =>
  Array.isArray(value)
    ? value.map((row: Record<string, unknown>) => ({
        label: String(row.label ?? ''),
        visitors: count(row.visitors),
      }))
    : [];

/** Reads a frame; kinds that this version does not know are skipped. */
export function readFrame(text: unknown): Frame {
  let frame: Record<string, unknown>;
  try {
    frame = (JSON.parse(String(text)) ?? {}) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (frame.type === 'error') {
    return { refusal: { status: count(frame.status), detail: String(frame.detail ?? '') } };
  }
  if (frame.type !== 'snapshot') return undefined;
  const visitors = (frame.visitors ?? {}) as Record<string, unknown>;
  return {
    snapshot: {
      at: count(frame.at),
      visitors: {
        m1: count(visitors.m1),
        m3: count(visitors.m3),
        m5: count(visitors.m5),
        m30: count(visitors.m30),
      },
      engaged: count(frame.engaged),
      hitsPerSecond: count(frame.hits_per_second),
      pages: counted(frame.pages),
      sections: counted(frame.sections),
      referrers: counted(frame.referrers),
      campaigns: counted(frame.campaigns),
      countries: counted(frame.countries),
      lagMs: count(frame.lag_ms),
    },
  };
}
