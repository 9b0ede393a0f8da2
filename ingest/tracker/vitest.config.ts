import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'happy-dom',
    environmentOptions: { happyDOM: { url: 'https://www.example.org/start?a=1' } },
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/timing.ts'],
    fakeTimers: { toFake: ['Date', 'setTimeout', 'clearTimeout'] },
  },
});
