import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';

interface PagesProps {
  page: number;
  hasMore: boolean;
  go: (page: number | undefined) => void;
}

/** The way through a long table. */
export function Pages({ page, hasMore, go }: PagesProps) {
  const { t, format } = useLocale();
  if (page === 1 && !hasMore) return null;
  return (
    <nav className="pages" aria-label={t('report.pages')}>
      <button
        type="button"
        className="button-quiet"
        disabled={page === 1}
        onClick={() => go(page > 2 ? page - 1 : undefined)}
      >
        <Icon name="previous" />
        {t('report.previousPage')}
      </button>
      <span>{t('report.page', { page: format.number(page) })}</span>
      <button
        type="button"
        className="button-quiet"
        disabled={!hasMore}
        onClick={() => go(page + 1)}
      >
        {t('report.nextPage')}
        <Icon name="next" />
      </button>
    </nav>
  );
}
