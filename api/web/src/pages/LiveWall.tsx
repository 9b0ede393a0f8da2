import { useSite } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { LiveNow } from '../live/LiveNow';
import { useLive } from '../live/useLive';

/** Who is on the site at this moment. */
export function LiveWall() {
  const { t } = useLocale();
  const live = useLive(useSite().id);
  return (
    <main id="content" className="page" data-live={live.connection}>
      <PageHead title={t('nav.live')} />
      <LiveNow live={live} />
    </main>
  );
}
