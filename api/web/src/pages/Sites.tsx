import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import type { Site } from '../api/client';
import { sitesQuery } from '../api/reports';
import { session } from '../api/session';
import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { Notice } from '../ui/Notice';
import { Fault, Skeleton } from '../ui/states';

const NewSite = lazy(() => import('./AdminSites').then(({ NewSite: page }) => ({ default: page })));

/** Which site to look at; with only one there is nothing to choose. */
export function Sites() {
  const { t } = useLocale();
  const { data, error, refetch } = useQuery(sitesQuery());
  useEffect(() => {
    document.title = `${t('sites.title')} · Nagare`;
  }, [t]);

  const [first] = data ?? [];
  if (first && data?.length === 1) {
    return <Navigate to="/sites/$siteId" params={{ siteId: first.id }} replace />;
  }
  if (data && !first) {
    return session.get()?.superuser ? (
      <FirstSite />
    ) : (
      <Notice title={t('sites.empty')} hint={t('sites.emptyHint')} />
    );
  }
  return (
    <main id="content" className="page page-narrow">
      <h1>{t('sites.title')}</h1>
      <p className="lead">{t('sites.lead')}</p>
      {error && !data ? (
        <Fault error={error} retry={() => void refetch()} />
      ) : data ? (
        <SiteList sites={data} />
      ) : (
        <Skeleton rows={3} />
      )}
    </main>
  );
}

function SiteList({ sites }: { sites: Site[] }) {
  return (
    <ul className="sites">
      {sites.map(({ id, name, main_url }) => (
        <li key={id}>
          <Link to="/sites/$siteId" params={{ siteId: id }} data-testid="site-link">
            <span className="sites-mark" aria-hidden="true">
              {name.slice(0, 1).toUpperCase()}
            </span>
            <span className="sites-name">
              <strong className="truncate">{name}</strong>
              <small className="truncate">{main_url.replace(/^https?:\/\//, '')}</small>
            </span>
            <Icon name="arrow" />
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** An installation without sites: its first. */
function FirstSite() {
  const { t } = useLocale();
  return (
    <main id="content" className="page page-narrow">
      <h1>{t('sites.first')}</h1>
      <p className="lead">{t('sites.firstHint')}</p>
      <section className="panel">
        <Suspense fallback={<Skeleton rows={5} />}>
          <NewSite />
        </Suspense>
      </section>
    </main>
  );
}
