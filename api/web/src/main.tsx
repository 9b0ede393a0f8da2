import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/errors';
import { renew, session } from './api/session';
import { LocaleProvider } from './i18n/LocaleProvider';
import { newRouter } from './router';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/panels.css';
import './styles/controls.css';
import './styles/frame.css';
import './styles/report.css';
import './styles/live.css';
import './styles/admin.css';
import './styles/pages.css';
import './styles/visits.css';
import './styles/sharing.css';

const RETRIES_MAX = 2;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) =>
        failures < RETRIES_MAX &&
        error instanceof ApiError &&
        (error.fault === 'network' || error.fault === 'server'),
    },
  },
});
const router = newRouter();

// Signing out, or a session that ended, must leave nothing behind that the next person could see.
session.subscribe(() => {
  if (session.get()) return;
  queries.clear();
  void router.invalidate();
});

async function start(): Promise<void> {
  // A new tab has no token yet; its cookie may get it one.
  if (!session.get() && session.isRenewable()) await renew();
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <LocaleProvider>
          <RouterProvider router={router} />
        </LocaleProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}

void start();
