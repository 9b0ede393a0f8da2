import type { ReactNode } from 'react';
import { ApiError } from '../api/errors';
import { useLocale } from '../i18n/locale';

/** Grey lines where rows will be. */
export function Skeleton({ rows }: { rows: number }) {
  const { t } = useLocale();
  return (
    <div className="skeleton" role="status" aria-label={t('state.loading')}>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

/** A fault in words; what the server said, where that helps. */
export function useFaultText(): (error: Error) => string {
  const { t } = useLocale();
  return (error) => {
    if (!(error instanceof ApiError)) return error.message;
    switch (error.fault) {
      case 'network':
      case 'server':
      case 'slow_down':
      case 'unavailable':
        return t(`state.${error.fault}`);
      case 'forbidden':
        return t('state.forbiddenPart');
      case 'unauthenticated':
        return error.message || t('state.signedOut');
      case 'invalid':
        return error.message;
    }
  };
}

export function Fault({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useLocale();
  const faultText = useFaultText();
  const fault = error instanceof ApiError ? error.fault : undefined;
  // Neither is a mishap, and trying again would not help.
  const isFinal = fault === 'unavailable' || fault === 'forbidden';
  return (
    <div className="fault" role="alert" data-fault={fault}>
      <p>
        {!isFinal && <strong>{t('state.error')} </strong>}
        {faultText(error)}
      </p>
      {retry && !isFinal && (
        <button type="button" className="button-quiet" onClick={retry}>
          {t('state.retry')}
        </button>
      )}
    </div>
  );
}

interface LoadedProps<T> {
  query: {
    data: T | undefined;
    error: Error | null;
    isPlaceholderData: boolean;
    refetch: () => Promise<unknown>;
  };
  /** Rows to hold the place of while loading. */
  rows: number;
  children: (data: T) => ReactNode;
}

/** What a query stands at: loading, failed, or there. Old data stays visible while new is on its way. */
export function Loaded<T>({ query, rows, children }: LoadedProps<T>) {
  if (query.data !== undefined) {
    return (
      <div className="loaded" data-refreshing={query.isPlaceholderData || undefined}>
        {children(query.data)}
      </div>
    );
  }
  return query.error ? (
    <Fault error={query.error} retry={() => void query.refetch()} />
  ) : (
    <Skeleton rows={rows} />
  );
}
