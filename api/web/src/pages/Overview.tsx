import { useQuery } from '@tanstack/react-query';
import { everVisitedQuery } from '../api/reports';
import { PageHead } from '../frame/PageHead';
import { useSite } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { useLive } from '../live/useLive';
import { LiveStrip } from '../overview/LiveStrip';
import { LISTS } from '../overview/lists';
import { Setup } from '../overview/Setup';
import { TopList } from '../overview/TopList';
import { Trend } from '../overview/Trend';

/** A site at a glance. */
export function Overview() {
  const { t } = useLocale();
  const site = useSite();
  const live = useLive(site.id);
  const { data: wasVisited } = useQuery(everVisitedQuery(site.id));
  const isUnused = wasVisited === false && !live.snapshot?.visitors.m30;
  return (
    <main id="content" className="page overview" data-live={live.connection}>
      <PageHead title={t('nav.overview')} tools={isUnused ? [] : ['segment', 'compare', 'date']} />
      <LiveStrip live={live} />
      {isUnused ? (
        <Setup site={site} />
      ) : (
        <>
          <Trend />
          {LISTS.map((list) => (
            <TopList key={list.id} list={list} />
          ))}
        </>
      )}
    </main>
  );
}
