import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect, useId, useState } from 'react';
import { groupedReports, reportsQuery } from '../api/catalogue';
import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { Modal } from '../ui/Modal';
import { useView } from './context';

const VIEWS = [
  { to: '/sites/$siteId', label: 'nav.overview', icon: 'overview' },
  { to: '/sites/$siteId/live', label: 'nav.live', icon: 'live' },
  { to: '/sites/$siteId/visits', label: 'nav.visits', icon: 'visits' },
  { to: '/sites/$siteId/map', label: 'nav.map', icon: 'map' },
  { to: '/sites/$siteId/transitions', label: 'nav.transitions', icon: 'flow' },
  { to: '/sites/$siteId/goals', label: 'nav.goals', icon: 'goal' },
  { to: '/sites/$siteId/ecommerce', label: 'nav.ecommerce', icon: 'cart' },
  { to: '/sites/$siteId/segments', label: 'nav.segments', icon: 'segment' },
  { to: '/sites/$siteId/annotations', label: 'nav.annotations', icon: 'note' },
] as const;

/** What leaves the site, and how it is set up. */
const FOOT = [
  { to: '/sites/$siteId/scheduled', label: 'nav.scheduled', icon: 'mail' },
  { to: '/sites/$siteId/sharing', label: 'nav.sharing', icon: 'share' },
  { to: '/sites/$siteId/settings', label: 'nav.settings', icon: 'settings' },
] as const;

/** Beside the page where there is room, else behind a button. */
export function SiteNav() {
  const { t } = useLocale();
  const id = useId();
  const [open, setOpen] = useState(false);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  useEffect(() => setOpen(false), [path]);
  return (
    <>
      <nav className="nav nav-side" aria-label={t('nav.label')}>
        <NavList />
      </nav>
      <button
        type="button"
        className="button-quiet nav-open"
        aria-label={t('nav.open')}
        onClick={() => setOpen(true)}
      >
        <Icon name="menu" />
      </button>
      {open && (
        <Modal className="drawer" labelledBy={id} close={() => setOpen(false)}>
          <nav className="nav nav-drawer" aria-labelledby={id}>
            <h2 id={id} className="hidden">
              {t('nav.label')}
            </h2>
            <NavList />
          </nav>
        </Modal>
      )}
    </>
  );
}

function ViewLink({ view }: { view: (typeof VIEWS | typeof FOOT)[number] }) {
  const { t } = useLocale();
  const { site, search } = useView();
  return (
    <li>
      <Link
        to={view.to}
        params={{ siteId: site.id }}
        search={search}
        activeOptions={{ exact: view.to === '/sites/$siteId', includeSearch: false }}
        activeProps={{ 'aria-current': 'page' }}
        className="nav-link"
      >
        <Icon name={view.icon} />
        {t(view.label)}
      </Link>
    </li>
  );
}

function NavList() {
  return (
    <>
      <ul>
        {VIEWS.map((view) => (
          <ViewLink key={view.to} view={view} />
        ))}
      </ul>
      <ReportList />
      <ul className="nav-foot">
        {FOOT.map((view) => (
          <ViewLink key={view.to} view={view} />
        ))}
      </ul>
    </>
  );
}

/** All reports of the catalogue, by category; the one that is open shows which. */
function ReportList() {
  const { t, word } = useLocale();
  const { site, search } = useView();
  const { reportId } = useParams({ strict: false });
  const { data: reports = [] } = useQuery(reportsQuery(site.id));
  const groups = groupedReports(reports);
  return (
    <div className="nav-reports">
      <h2>{t('nav.reports')}</h2>
      {groups.map(({ category, reports: listed }) => (
        <details
          key={`${category} ${reportId}`}
          open={listed.some(({ uniqueId }) => uniqueId === reportId)}
        >
          <summary>{word(category)}</summary>
          <ul>
            {listed.map(({ uniqueId, name }) => (
              <li key={uniqueId}>
                <Link
                  to="/sites/$siteId/reports/$reportId"
                  params={{ siteId: site.id, reportId: uniqueId }}
                  search={search}
                  className="nav-link"
                  aria-current={uniqueId === reportId ? 'page' : undefined}
                >
                  {word(name)}
                </Link>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </div>
  );
}
