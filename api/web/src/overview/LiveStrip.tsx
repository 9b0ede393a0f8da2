import { Link } from '@tanstack/react-router';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Announcer } from '../live/Announcer';
import { Connection } from '../live/Connection';
import { Sparkline } from '../live/Sparkline';
import type { LiveState } from '../live/state';
import { Icon } from '../ui/icons';

/** Who is there at this moment, in one line; the wall tells more. */
export function LiveStrip({ live }: { live: LiveState }) {
  const { t, tn, format } = useLocale();
  const { site, search } = useView();
  const visitors = live.snapshot?.visitors;
  return (
    <section className="strip panel" aria-labelledby="strip-title">
      <h2 id="strip-title" className="hidden">
        {t('live.title')}
      </h2>
      <Link
        to="/sites/$siteId/live"
        params={{ siteId: site.id }}
        search={search}
        className="strip-number"
        aria-label={visitors ? tn('live.announce', visitors.m5) : t('live.waiting')}
      >
        <span key={visitors?.m5} data-testid="live-visitors">
          {visitors ? format.number(visitors.m5) : '–'}
        </span>
      </Link>
      <p className="strip-caption">
        {t(visitors?.m5 === 1 ? 'live.visitors_one' : 'live.visitors_other')}
        <Connection live={live} />
      </p>
      <Sparkline points={live.trend} label={t('live.trend')} />
      <Link
        to="/sites/$siteId/live"
        params={{ siteId: site.id }}
        search={search}
        className="button-quiet button-small"
      >
        {t('live.open_wall')}
        <Icon name="arrow" />
      </Link>
      <Announcer text={visitors ? tn('live.announce', visitors.m5) : ''} />
    </section>
  );
}
