export function Logo() {
  return (
    <span className="logo">
      <svg viewBox="0 0 32 24" aria-hidden="true">
        <path d="M3 5c4.3-4 8.7-4 13 0s8.7 4 13 0" />
        <path d="M3 12c4.3-4 8.7-4 13 0s8.7 4 13 0" />
        <path d="M3 19c4.3-4 8.7-4 13 0s8.7 4 13 0" />
      </svg>
      Nagare
    </span>
  );
}
