// What happy-dom does not have: when the page was loaded. Here it never is, unless a test says so.
Object.defineProperty(performance, 'timing', {
  configurable: true,
  get: () => ({ loadEventEnd: 0 }),
});
