export const Chevron = () => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d="m4 6 4 4 4-4" />
  </svg>
);

export const Check = () => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d="m3 8.5 3.2 3.2L13 5" />
  </svg>
);

export const Arrow = () => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d="M3 8h10M9 4l4 4-4 4" />
  </svg>
);
