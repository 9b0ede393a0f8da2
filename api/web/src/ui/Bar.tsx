import type { CSSProperties } from 'react';

/** How much of the greatest row a row is, drawn behind it. */
export function Bar({ share }: { share: number }) {
  return (
    <span className="bar-fill" aria-hidden="true" style={{ '--share': share } as CSSProperties} />
  );
}
