import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { type Figure, FIGURES } from './api/reports';
import { session } from './api/session';
import { type Grain, GRAINS, viewSearch } from './api/view';
import { SiteFrame } from './frame/SiteFrame';
import { mapSearch } from './overview/mapSearch';
import { NotFound } from './pages/NotFound';
import { Overview } from './pages/Overview';
import { SignIn } from './pages/SignIn';
import { Sites } from './pages/Sites';
import { pageOf, reportSearch } from './reports/search';
import { transitionsSearch } from './transitions/search';
import { Shell } from './ui/Shell';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

/** Where to go then, and how it went at an OpenID provider. */
interface SignInSearch {
  next?: string;
  openid?: 'done' | 'unknown' | 'failed';
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  // Only a path of ours: an address from elsewhere must not be able to send people away.
  validateSearch: ({ next, openid }: Record<string, unknown>): SignInSearch => ({
    ...(typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {}),
    ...(openid === 'done' || openid === 'unknown' || openid === 'failed' ? { openid } : {}),
  }),
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

const site = createRoute({
  getParentRoute: () => signedIn,
  path: '/sites/$siteId',
  params: {
    parse: ({ siteId }) => ({ siteId: Number(siteId) }),
    stringify: ({ siteId }) => ({ siteId: String(siteId) }),
  },
  validateSearch: viewSearch,
  component: SiteFrame,
});

const overview = createRoute({
  getParentRoute: () => site,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { metric?: Figure; by?: Grain } => {
    const metric = FIGURES.find((known) => known === search.metric);
    const by = GRAINS.find((known) => known === search.by);
    return { ...(metric && { metric }), ...(by && { by }) };
  },
  component: Overview,
});

const live = createRoute({
  getParentRoute: () => site,
  path: '/live',
  component: lazyRouteComponent(() => import('./pages/LiveWall'), 'LiveWall'),
});

const visits = createRoute({
  getParentRoute: () => site,
  path: '/visits',
  validateSearch: (search: Record<string, unknown>): { page?: number; tail?: 1 } => ({
    ...pageOf(search),
    ...(Number(search.tail) === 1 && { tail: 1 as const }),
  }),
  component: lazyRouteComponent(() => import('./pages/VisitsLog'), 'VisitsLog'),
});

const visitor = createRoute({
  getParentRoute: () => site,
  path: '/visitors/$visitorId',
  component: lazyRouteComponent(() => import('./pages/VisitorPage'), 'VisitorPage'),
});

const map = createRoute({
  getParentRoute: () => site,
  path: '/map',
  validateSearch: mapSearch,
  component: lazyRouteComponent(() => import('./pages/WorldMap'), 'WorldMap'),
});

const transitions = createRoute({
  getParentRoute: () => site,
  path: '/transitions',
  validateSearch: transitionsSearch,
  component: lazyRouteComponent(() => import('./pages/Transitions'), 'Transitions'),
});

const annotations = createRoute({
  getParentRoute: () => site,
  path: '/annotations',
  component: lazyRouteComponent(() => import('./pages/Annotations'), 'Annotations'),
});

const goals = createRoute({
  getParentRoute: () => site,
  path: '/goals',
  component: lazyRouteComponent(() => import('./pages/Goals'), 'Goals'),
});

const ecommerce = createRoute({
  getParentRoute: () => site,
  path: '/ecommerce',
  component: lazyRouteComponent(() => import('./pages/Ecommerce'), 'Ecommerce'),
});

const segments = createRoute({
  getParentRoute: () => site,
  path: '/segments',
  validateSearch: ({ edit }: Record<string, unknown>): { edit?: string } =>
    /^(new|\d+)$/.test(String(edit)) ? { edit: String(edit) } : {},
  component: lazyRouteComponent(() => import('./pages/Segments'), 'Segments'),
});

const report = createRoute({
  getParentRoute: () => site,
  path: '/reports/$reportId',
  validateSearch: reportSearch,
  component: lazyRouteComponent(() => import('./pages/ReportPage'), 'ReportPage'),
});

const sharing = createRoute({
  getParentRoute: () => site,
  path: '/sharing',
  // The report to be shared, when the form is open.
  validateSearch: ({ share }: Record<string, unknown>): { share?: string } =>
    typeof share === 'string' && /^[\w-]{1,200}$/.test(share) ? { share } : {},
  component: lazyRouteComponent(() => import('./pages/Sharing'), 'Sharing'),
});

const scheduled = createRoute({
  getParentRoute: () => site,
  path: '/scheduled',
  component: lazyRouteComponent(() => import('./pages/Scheduled'), 'Scheduled'),
});

const setup = createRoute({
  getParentRoute: () => site,
  path: '/setup',
  component: lazyRouteComponent(() => import('./pages/SiteSetup'), 'SiteSetup'),
});

const settings = createRoute({
  getParentRoute: () => site,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/SiteSettingsPage'), 'SiteSettingsPage'),
});

const admin = createRoute({
  getParentRoute: () => signedIn,
  id: 'admin',
  component: lazyRouteComponent(() => import('./admin/AdminFrame'), 'AdminFrame'),
});

const adminSites = createRoute({
  getParentRoute: () => admin,
  path: '/admin/sites',
  component: lazyRouteComponent(() => import('./pages/AdminSites'), 'AdminSites'),
});

const adminUsers = createRoute({
  getParentRoute: () => admin,
  path: '/admin/users',
  component: lazyRouteComponent(() => import('./pages/AdminUsers'), 'AdminUsers'),
});

const adminPrivacy = createRoute({
  getParentRoute: () => admin,
  path: '/admin/privacy',
  component: lazyRouteComponent(() => import('./pages/AdminPrivacy'), 'AdminPrivacy'),
});

const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: '/admin/audit',
  component: lazyRouteComponent(() => import('./pages/AdminAudit'), 'AdminAudit'),
});

const adminSystem = createRoute({
  getParentRoute: () => admin,
  path: '/admin/system',
  component: lazyRouteComponent(() => import('./pages/AdminSystem'), 'AdminSystem'),
});

const account = createRoute({
  getParentRoute: () => admin,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/Account'), 'Account'),
});

const shared = createRoute({
  getParentRoute: () => root,
  path: '/shared',
  validateSearch: viewSearch,
  component: lazyRouteComponent(() => import('./pages/SharedPage'), 'SharedPage'),
});

const embed = createRoute({
  getParentRoute: () => root,
  path: '/embed',
  validateSearch: viewSearch,
  component: lazyRouteComponent(() => import('./pages/SharedPage'), 'EmbedPage'),
});

const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  component: lazyRouteComponent(() => import('./pages/ResetPassword'), 'ResetPassword'),
});

export const newRouter = () =>
  createRouter({
    routeTree: root.addChildren([
      signIn,
      resetPassword,
      shared,
      embed,
      signedIn.addChildren([
        sites,
        site.addChildren([
          overview,
          live,
          visits,
          visitor,
          map,
          transitions,
          annotations,
          goals,
          ecommerce,
          segments,
          sharing,
          scheduled,
          setup,
          settings,
          report,
        ]),
        admin.addChildren([adminSites, adminUsers, adminPrivacy, adminAudit, adminSystem, account]),
      ]),
    ]),
    scrollRestoration: true,
    defaultPreload: 'intent',
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
