import { useLocale } from '../i18n/locale';
import { Announcer } from './Announcer';
import { type LiveState, movement } from './state';
import { Connection } from './Connection';
import { LiveList } from './LiveList';
import { Sparkline } from './Sparkline';

/** Who is on the site at this moment. */
export function LiveNow({ live }: { live: LiveState }) {
  const { t, tn, format } = useLocale();
  const { snapshot } = live;
  const visitors = snapshot?.visitors;
  const country = (code: string): string => format.country(code) ?? t('live.unknownCountry');
  return (
    <section className="live" aria-labelledby="live-title">
      <div className="live-count">
        <header className="live-head">
          <h2 id="live-title">{t('live.title')}</h2>
          <Connection live={live} />
        </header>
        <p className="live-number" data-empty={!visitors || undefined}>
          <span key={visitors?.m5} data-testid="live-visitors">
            {visitors ? format.number(visitors.m5) : '–'}
          </span>
        </p>
        <p className="live-caption">
          {visitors
            ? t(visitors.m5 === 1 ? 'live.visitors_one' : 'live.visitors_other')
            : !live.refusal && t('live.waiting')}
        </p>
        <Sparkline points={live.trend} label={t('live.trend')} />
        <dl className="live-spans">
          <Span id="live-m1" label={t('live.m1')} value={visitors && format.number(visitors.m1)} />
          <Span id="live-m3" label={t('live.m3')} value={visitors && format.number(visitors.m3)} />
          <Span
            id="live-m30"
            label={t('live.m30')}
            value={visitors && format.number(visitors.m30)}
          />
          <Span
            id="live-hits-per-second"
            label={t('live.hitsPerSecond')}
            value={snapshot && format.decimal(snapshot.hitsPerSecond)}
          />
        </dl>
      </div>
      <LiveList
        title={t('live.pages')}
        id="live-page"
        rows={snapshot?.pages}
        moved={(label) => movement(live, 'pages', label)}
        wide
      />
      <LiveList
        title={t('live.referrers')}
        id="live-referrer"
        rows={snapshot?.referrers}
        name={(label) => label || t('live.direct')}
        moved={(label) => movement(live, 'referrers', label)}
      />
      <LiveList
        title={t('live.countries')}
        id="live-country"
        rows={snapshot?.countries}
        name={country}
        moved={(label) => movement(live, 'countries', label)}
      />
      <Announcer text={visitors ? tn('live.announce', visitors.m5) : ''} />
    </section>
  );
}

function Span({ id, label, value }: { id: string; label: string; value?: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-testid={id}>{value ?? '–'}</dd>
    </div>
  );
}
