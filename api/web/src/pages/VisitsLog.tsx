import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { visitsQuery } from '../api/visits';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { Pages } from '../reports/Pages';
import { Empty, Loaded } from '../ui/states';
import { VisitCard } from '../visits/VisitCard';

const route = getRouteApi('/signed-in/sites/$siteId/visits');

/** Visit by visit, the latest first; new ones come by themselves while someone watches. */
export function VisitsLog() {
  const { t } = useLocale();
  const { query } = useView();
  const { page = 1, tail } = route.useSearch();
  const navigate = route.useNavigate();
  const isTail = tail === 1 && page === 1;
  const visits = useQuery(visitsQuery(query, { page, isTail }));
  const change = (part: { page?: number; tail?: 1 }) =>
    void navigate({ search: (before) => ({ ...before, ...part }) });
  return (
    <main id="content" className="page">
      <PageHead title={t('nav.visits')} tools={['segment', 'date']}>
        <button
          type="button"
          className="button-quiet tool"
          aria-pressed={isTail}
          data-testid="live-tail"
          onClick={() => change({ tail: isTail ? undefined : 1, page: undefined })}
        >
          <span className="connection-dot" data-still={!isTail || undefined} aria-hidden="true" />
          {t('visit.tail')}
        </button>
      </PageHead>
      <Loaded query={visits} rows={10}>
        {({ visits: found, hasMore }) =>
          found.length || page > 1 ? (
            <>
              <div className="visit-list">
                {found.map((visit) => (
                  <VisitCard key={visit.id} visit={visit} />
                ))}
              </div>
              <Pages page={page} hasMore={hasMore} go={(next) => change({ page: next })} />
            </>
          ) : (
            <section className="panel">
              <Empty>{t('visit.none')}</Empty>
            </section>
          )
        }
      </Loaded>
    </main>
  );
}
