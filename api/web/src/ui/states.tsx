import type { UseQueryResult } from '@tanstack/react-query';
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

export function Fault({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useLocale();
  const fault = error instanceof ApiError ? error.fault : undefined;
  const known = fault === 'network' || fault === 'server' ? t(`state.${fault}`) : error.message;
  return (
    <div className="fault" role="alert">
      <p>
        <strong>{t('state.error')}</strong> {known}
      </p>
      {retry && (
        <button type="button" className="button-quiet" onClick={retry}>
          {t('state.retry')}
        </button>
      )}
    </div>
  );
}

interface LoadedProps<T> {
  query: UseQueryResult<T>;
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
