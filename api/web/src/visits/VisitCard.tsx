import { Link } from '@tanstack/react-router';
import type { Action, Visit } from '../api/visits';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';

/** One visit: who, from where, with what, and what they did. */
export function VisitCard({ visit, isOpen }: { visit: Visit; isOpen?: boolean }) {
  const { t, tn, format } = useLocale();
  const { site } = useView();
  const { referrer } = visit;
  const country = format.country(visit.country) ?? t('live.unknownCountry');
  return (
    <article className="visit panel" data-testid="visit" data-visit={visit.id}>
      <header className="visit-head">
        <div>
          <Who visit={visit} />
          <p>
            <time dateTime={new Date(visit.startedAt * 1000).toISOString()}>
              {format.moment(visit.startedAt, site.timezone)}
            </time>
            {' · '}
            {format.duration(visit.seconds)}
          </p>
        </div>
        <dl className="visit-facts">
          <Fact name={t('visit.place')} value={[visit.place, country].filter(Boolean).join(', ')} />
          <Fact
            name={t('visit.device')}
            value={[visit.device, visit.system, visit.browser].filter(Boolean).join(' · ')}
          />
          <Fact
            name={t('visit.source')}
            value={
              referrer
                ? [referrer.type, referrer.name, referrer.keyword].filter(Boolean).join(' · ')
                : t('live.direct')
            }
          />
        </dl>
      </header>
      <details open={isOpen}>
        <summary>{tn('visit.actions', visit.actionCount)}</summary>
        <ol className="steps">
          {visit.actions.map((action, i) => (
            <Step key={i} action={action} />
          ))}
        </ol>
      </details>
    </article>
  );
}

function Who({ visit }: { visit: Visit }) {
  const { t, format } = useLocale();
  const { site, search } = useView();
  return (
    <h2 className="visit-who">
      <Link
        to="/sites/$siteId/visitors/$visitorId"
        params={{ siteId: site.id, visitorId: visit.visitorId }}
        search={search}
        className="link"
        data-testid="visitor-link"
      >
        {visit.userId ?? visit.visitorId.slice(0, 8)}
      </Link>
      <span className="badge">
        {visit.isReturning
          ? t('visit.number', { number: format.number(visit.visitCount) })
          : t('visit.new')}
      </span>
      {visit.hasOrder && <span className="badge badge-good">{t('visit.ordered')}</span>}
      {visit.isConverted && !visit.hasOrder && (
        <span className="badge badge-good">{t('visit.converted')}</span>
      )}
    </h2>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value || '–'}</dd>
    </div>
  );
}

const KINDS = [
  'action',
  'search',
  'event',
  'goal',
  'download',
  'outlink',
  'ecommerceOrder',
  'ecommerceAbandonedCart',
] as const;

function Step({ action }: { action: Action }) {
  const { t, format } = useLocale();
  const kind = KINDS.find((known) => known === action.type) ?? 'action';
  return (
    <li data-kind={kind}>
      <span className="badge">{t(`step.${kind}`)}</span>
      <span className="step-what">
        {action.title && <strong>{action.title}</strong>}
        {action.url && (
          <a className="link" href={action.url} target="_blank" rel="noreferrer noopener">
            {action.url.replace(/^https?:\/\//, '')}
          </a>
        )}
      </span>
      {action.seconds !== undefined && action.seconds > 0 && (
        <small>{format.duration(action.seconds)}</small>
      )}
    </li>
  );
}
