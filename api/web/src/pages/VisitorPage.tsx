import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type Profile, profileQuery, visitorVisitsQuery } from '../api/visits';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';
import { VisitCard } from '../visits/VisitCard';

const route = getRouteApi('/signed-in/sites/$siteId/visitors/$visitorId');

/** Everything that is known about one visitor. */
export function VisitorPage() {
  const { t } = useLocale();
  const { site } = useView();
  const { visitorId } = route.useParams();
  const profile = useQuery(profileQuery(site.id, visitorId));
  const visits = useQuery(visitorVisitsQuery(site.id, visitorId));
  return (
    <main id="content" className="page visitor">
      <PageHead title={t('visitor.title', { id: visitorId.slice(0, 8) })}>
        {profile.data && <Neighbours profile={profile.data} />}
      </PageHead>
      <Panel title={t('visitor.summary')}>
        <Loaded query={profile} rows={4}>
          {(found) => (found ? <Summary profile={found} /> : <Empty>{t('visitor.none')}</Empty>)}
        </Loaded>
      </Panel>
      <h2 className="section-title">{t('visitor.visits')}</h2>
      <Loaded query={visits} rows={6}>
        {(found) =>
          found.length ? (
            <div className="visit-list">
              {found.map((visit, i) => (
                <VisitCard key={visit.id} visit={visit} isOpen={i === 0} />
              ))}
            </div>
          ) : (
            <section className="panel">
              <Empty>{t('visitor.none')}</Empty>
            </section>
          )
        }
      </Loaded>
    </main>
  );
}

function Neighbours({ profile }: { profile: Profile }) {
  const { t } = useLocale();
  const { site, search } = useView();
  const links = [
    { id: profile.previous, text: t('visitor.previous') },
    { id: profile.next, text: t('visitor.next') },
  ];
  return links.map(
    ({ id, text }) =>
      id && (
        <Link
          key={text}
          to="/sites/$siteId/visitors/$visitorId"
          params={{ siteId: site.id, visitorId: id }}
          search={search}
          className="button-quiet tool"
        >
          {text}
        </Link>
      ),
  );
}

function Summary({ profile }: { profile: Profile }) {
  const { t, format } = useLocale();
  const figures = [
    { metric: 'visits', label: 'figure.nb_visits', written: format.number },
    { metric: 'seconds', label: 'visitor.time', written: format.duration },
    { metric: 'actions', label: 'visitor.actions', written: format.number },
    { metric: 'pageViews', label: 'figure.nb_pageviews', written: format.number },
    { metric: 'conversions', label: 'figure.nb_conversions', written: format.number },
  ] as const;
  const facts = [
    { name: t('visitor.first'), value: profile.first && profile.first.date },
    { name: t('visitor.firstFrom'), value: profile.first?.referral },
    { name: t('visitor.last'), value: profile.last?.date },
    { name: t('visit.device'), value: profile.devices.join(', ') },
    { name: t('visit.place'), value: profile.countries.join(', ') },
    {
      name: t('visitor.searches'),
      value: profile.searches.map(({ keyword, count }) => `${keyword} (${count})`).join(', '),
    },
  ];
  return (
    <>
      <dl className="figures figures-many">
        {figures.map(({ metric, label, written }) => (
          <div key={metric}>
            <dt>{t(label)}</dt>
            <dd data-metric={metric} data-value={profile[metric]}>
              {written(profile[metric])}
            </dd>
          </div>
        ))}
      </dl>
      <dl className="facts">
        {facts.map(
          ({ name, value }) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </>
  );
}
