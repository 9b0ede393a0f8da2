import { useQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { Suspense } from 'react';
import { sitesQuery } from '../api/reports';
import { useLocale } from '../i18n/locale';
import { Notice } from '../ui/Notice';
import { Fault, Skeleton } from '../ui/states';
import { SiteContext } from './context';
import { SiteNav } from './SiteNav';

/** What all pages of a site have in common: the way to the others, and which site it is. */
export function SiteFrame() {
  const { t } = useLocale();
  const { siteId } = useParams({ from: '/signed-in/sites/$siteId' });
  const { data: sites, error, refetch } = useQuery(sitesQuery());
  const site = sites?.find(({ id }) => id === siteId);

  if (sites && !site) {
    return <Notice title={t('state.forbidden')} hint={t('state.forbiddenHint')} back />;
  }
  if (!site) {
    return (
      <main id="content" className="page">
        {error ? <Fault error={error} retry={() => void refetch()} /> : <Skeleton rows={8} />}
      </main>
    );
  }
  return (
    <SiteContext value={site}>
      <div className="frame" key={site.id}>
        <SiteNav />
        <Suspense
          fallback={
            <main id="content" className="page">
              <Skeleton rows={8} />
            </main>
          }
        >
          <Outlet />
        </Suspense>
      </div>
    </SiteContext>
  );
}
