import { useLocale } from '../i18n/locale';
import { type LiveState, STALE_MS } from './state';
import { useNow } from './useLive';

const LAG_WORTH_SAYING_MS = 2000;

/** Whether the numbers are live, and how old they are if not. */
export function Connection({ live }: { live: LiveState }) {
  const { t, format } = useLocale();
  const now = useNow(1000);
  const { connection, snapshot, receivedAt, refusal } = live;
  if (refusal) {
    return (
      <p className="connection" data-state="closed" role="alert">
        {t('live.denied', { detail: refusal.detail })}
      </p>
    );
  }
  const age = receivedAt === undefined ? 0 : now - receivedAt;
  const stale = receivedAt !== undefined && (connection !== 'open' || age > STALE_MS);
  const lag = snapshot && snapshot.lagMs > LAG_WORTH_SAYING_MS ? snapshot.lagMs : undefined;
  return (
    <p className="connection" data-state={stale && connection === 'open' ? 'closed' : connection}>
      <span className="connection-dot" aria-hidden="true" />
      {t(`live.${connection}`)}
      {stale && <small>{t('live.age', { age: format.span(Math.max(1000, age)) })}</small>}
      {!stale && lag !== undefined && <small>{t('live.lag', { lag: format.span(lag) })}</small>}
    </p>
  );
}
