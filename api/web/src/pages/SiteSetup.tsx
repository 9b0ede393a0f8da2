import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { trackingFailuresQuery } from '../api/admin';
import { everVisitedQuery } from '../api/reports';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { Connection } from '../live/Connection';
import { useLive } from '../live/useLive';
import { matomoCode, trackingCode } from '../overview/trackingCode';
import { Code } from '../ui/Code';
import { Icon } from '../ui/icons';

/** From an empty site to its first hit. */
export function SiteSetup() {
  const { t, tn } = useLocale();
  const { site, search } = useView();
  const live = useLive(site.id);
  const { data: wasVisited } = useQuery(everVisitedQuery(site.id));
  const visitors = live.snapshot?.visitors.m30 ?? 0;
  const isDone = wasVisited === true || visitors > 0;
  return (
    <main id="content" className="page guide" data-live={live.connection}>
      <PageHead title={t('guide.title')} />
      <ol className="guide-steps">
        <li className="panel">
          <h2>{t('guide.paste')}</h2>
          <p>{t('setup.lead')}</p>
          <Code text={trackingCode(location.origin, site.id)} testId="tracking-code" />
          <details>
            <summary>{t('setup.matomo')}</summary>
            <p>{t('setup.matomoHint')}</p>
            <Code text={matomoCode(location.origin, site.id)} />
          </details>
        </li>
        <li className="panel">
          <h2>{t('guide.visit')}</h2>
          <p>{t('guide.visitHint')}</p>
          <p>
            <a
              className="button-quiet"
              href={site.main_url}
              target="_blank"
              rel="noreferrer noopener"
            >
              {site.main_url.replace(/^https?:\/\//, '')} ↗
            </a>
          </p>
        </li>
        <li className="panel" data-done={isDone || undefined}>
          <h2>{t('guide.see')}</h2>
          <p role="status" className="guide-state" data-testid="data-check" data-done={isDone}>
            {isDone ? (
              <>
                <Icon name="check" />
                {visitors > 0 ? tn('guide.arrived', visitors) : t('guide.hasData')}
              </>
            ) : (
              <>
                <span className="connection-dot" aria-hidden="true" />
                {t('setup.listening')}
              </>
            )}
          </p>
          <Connection live={live} />
          <Failures site={site.id} />
          {isDone && (
            <Link
              to="/sites/$siteId"
              params={{ siteId: site.id }}
              search={search}
              className="button"
              data-testid="guide-done"
            >
              {t('guide.go')}
            </Link>
          )}
        </li>
      </ol>
    </main>
  );
}

/** What the site sent that could not be recorded. */
function Failures({ site }: { site: number }) {
  const { t } = useLocale();
  const { data: failures = [] } = useQuery(trackingFailuresQuery(site));
  if (!failures.length) return null;
  return (
    <div className="fault">
      <p>
        <strong>{t('guide.failures')}</strong>
      </p>
      <ul>
        {failures.map(({ problem, url }) => (
          <li key={`${problem} ${url}`}>
            {problem} {url}
          </li>
        ))}
      </ul>
    </div>
  );
}
