import { useState } from 'react';

/** What a form has been filled with, and how to change a part of it. */
export function useDraft<Draft extends object>(
  first: Draft | (() => Draft),
): [Draft, (part: Partial<Draft>) => void] {
  const [draft, setDraft] = useState(first);
  return [draft, (part) => setDraft((before) => ({ ...before, ...part }))];
}
