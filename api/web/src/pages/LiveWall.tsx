import { useEffect, useRef, useState } from 'react';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { LiveNow } from '../live/LiveNow';
import { useLive } from '../live/useLive';
import { useSegmentLive } from '../live/useSegmentLive';
import { Icon } from '../ui/icons';

/** Who is on the site at this moment: for a desk, and for a screen on the wall. */
export function LiveWall() {
  const { t } = useLocale();
  const { site, view } = useView();
  const everyone = useLive(site.id);
  const some = useSegmentLive(site.id, view.segment);
  const box = useRef<HTMLElement>(null);
  const isFull = useIsFull();
  const live = some ?? everyone;
  return (
    <main
      id="content"
      ref={box}
      className="page wall"
      data-full={isFull || undefined}
      data-live={live.connection}
    >
      <PageHead title={t('nav.live')} tools={['segment']}>
        <button
          type="button"
          className="button-quiet tool"
          data-testid="full-screen"
          onClick={() =>
            void (isFull ? document.exitFullscreen() : box.current?.requestFullscreen())
          }
        >
          <Icon name="full" />
          {t(isFull ? 'live.leaveFull' : 'live.full')}
        </button>
      </PageHead>
      <LiveNow live={live} />
    </main>
  );
}

function useIsFull(): boolean {
  const [isFull, setFull] = useState(false);
  useEffect(() => {
    const change = (): void => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', change);
    return () => document.removeEventListener('fullscreenchange', change);
  }, []);
  return isFull;
}
