import { useEffect, useState } from 'react';

const ANNOUNCE_MS = 15_000;

/** Says the number aloud, seldom enough to be borne. */
export function Announcer({ text }: { text: string }) {
  const [spoken, setSpoken] = useState('');
  const ready = text !== '';
  useEffect(() => {
    if (!ready) return;
    if (!spoken) {
      setSpoken(text);
      return;
    }
    if (text === spoken) return;
    const timer = setTimeout(() => setSpoken(text), ANNOUNCE_MS);
    return () => clearTimeout(timer);
  }, [text, spoken, ready]);
  return (
    <p className="hidden" aria-live="polite">
      {spoken}
    </p>
  );
}
