import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Where the rest of Nagare is while the dashboard is worked on.
const nagare = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // Under a policy of 'self' alone there is no place for data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    manifest: 'assets/manifest.json',
  },
  server: {
    proxy: {
      '/api': nagare,
      '/index.php': nagare,
      '^/live\\?': { target: nagare, ws: true },
    },
  },
});
