import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { overviewSearch } from './api/range';
import { session } from './api/session';
import { NotFound } from './pages/NotFound';
import { Overview } from './pages/Overview';
import { SignIn } from './pages/SignIn';
import { Sites } from './pages/Sites';
import { Shell } from './ui/Shell';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  // Only a path of ours: an address from elsewhere must not be able to send people away.
  validateSearch: ({ next }: Record<string, unknown>): { next?: string } =>
    typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {},
  beforeLoad: () => {
    if (session.get()) throw redirect({ to: '/' });
  },
  component: SignIn,
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: ({ location }) => {
    if (session.get()) return;
    const next = location.href === '/' ? undefined : location.href;
    throw redirect({ to: '/sign-in', search: { next } });
  },
  component: Shell,
});

const sites = createRoute({ getParentRoute: () => signedIn, path: '/', component: Sites });

const overview = createRoute({
  getParentRoute: () => signedIn,
  path: '/sites/$siteId',
  params: {
    parse: ({ siteId }) => ({ siteId: Number(siteId) }),
    stringify: ({ siteId }) => ({ siteId: String(siteId) }),
  },
  validateSearch: overviewSearch,
  component: Overview,
});

export const newRouter = () =>
  createRouter({
    routeTree: root.addChildren([signIn, signedIn.addChildren([sites, overview])]),
    scrollRestoration: true,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
