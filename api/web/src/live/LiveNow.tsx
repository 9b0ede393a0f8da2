import { useLocale } from '../i18n/locale';
import { Announcer } from './Announcer';
import { type ListName, type LiveState, movement } from './state';
import { Connection } from './Connection';
import { LiveList } from './LiveList';
import { Sparkline } from './Sparkline';

/** What the visitors of this moment have in common. */
const LISTS: readonly { list: ListName; id: string; isWide?: true }[] = [
  { list: 'pages', id: 'live-page', isWide: true },
  { list: 'sections', id: 'live-section' },
  { list: 'referrers', id: 'live-referrer' },
  { list: 'campaigns', id: 'live-campaign' },
  { list: 'countries', id: 'live-country' },
];

/** Who is on the site at this moment. */
export function LiveNow({ live }: { live: LiveState }) {
  const { t, tn, format } = useLocale();
  const { snapshot } = live;
  const visitors = snapshot?.visitors;
  const names: Partial<Record<ListName, (label: string) => string>> = {
    referrers: (label) => label || t('live.direct'),
    countries: (code) => format.country(code) ?? t('live.unknownCountry'),
  };
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
            id="live-engaged"
            label={t('live.engaged')}
            value={snapshot && format.number(snapshot.engaged)}
          />
          <Span
            id="live-hits-per-second"
            label={t('live.hitsPerSecond')}
            value={snapshot && format.decimal(snapshot.hitsPerSecond)}
          />
        </dl>
      </div>
      {LISTS.map(({ list, id, isWide }) => (
        <LiveList
          key={list}
          title={t(`live.${list}`)}
          id={id}
          rows={snapshot?.[list]}
          name={names[list]}
          moved={(label) => movement(live, list, label)}
          wide={isWide}
        />
      ))}
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
