import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { Site } from '../api/client';
import { DEFAULT_RANGE } from '../api/range';
import { sitesQuery, visitsQuery } from '../api/reports';
import { useLocale } from '../i18n/locale';
import { useLive } from '../live/useLive';
import { LiveNow } from '../overview/LiveNow';
import { RangePicker } from '../overview/RangePicker';
import { Referrers } from '../overview/Referrers';
import { Setup } from '../overview/Setup';
import { TopPages } from '../overview/TopPages';
import { Visits } from '../overview/Visits';
import { Notice } from '../ui/Notice';
import { Fault, Skeleton } from '../ui/states';

const route = getRouteApi('/signed-in/sites/$siteId');

export function Overview() {
  const { t } = useLocale();
  const { siteId } = route.useParams();
  const { data: sites, error, refetch } = useQuery(sitesQuery());
  const site = sites?.find(({ id }) => id === siteId);
  useEffect(() => {
    document.title = site ? `${site.name} · Nagare` : 'Nagare';
  }, [site]);

  if (site) return <SiteOverview key={siteId} site={site} />;
  if (sites) return <Notice title={t('state.forbidden')} hint={t('state.forbiddenHint')} back />;
  return (
    <main id="content" className="page">
      {error ? <Fault error={error} retry={() => void refetch()} /> : <Skeleton rows={8} />}
    </main>
  );
}

function SiteOverview({ site }: { site: Site }) {
  const live = useLive(site.id);
  const visits = useQuery(visitsQuery(site.id));
  const { range = DEFAULT_RANGE } = route.useSearch();

  const quiet = !live.snapshot?.visitors.m30;
  const unused = quiet && visits.data !== undefined && visits.data.every((day) => !day.visits);
  return (
    <main id="content" className="page overview" data-live={live.connection}>
      <h1 className="hidden">{site.name}</h1>
      <LiveNow live={live} />
      {unused ? (
        <Setup site={site} />
      ) : (
        <>
          <Visits query={visits} />
          <RangePicker range={range} />
          <TopPages site={site.id} range={range} />
          <Referrers site={site.id} range={range} />
        </>
      )}
    </main>
  );
}
