import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Report, reportsQuery } from '../api/catalogue';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';

/** Other reports about the same. */
export function Related({ report }: { report: Report }) {
  const { t, word } = useLocale();
  const { site, search } = useView();
  const { data: all = [] } = useQuery(reportsQuery(site.id));
  const related = all.filter(
    ({ uniqueId, category, subcategory }) =>
      uniqueId !== report.uniqueId &&
      (report.related.some((other) => other.uniqueId === uniqueId) ||
        (subcategory && category === report.category && subcategory === report.subcategory)),
  );
  if (!related.length) return null;
  return (
    <nav className="related" aria-label={t('report.related')}>
      <span>{t('report.related')}</span>
      {related.map(({ uniqueId, name }) => (
        <Link
          key={uniqueId}
          to="/sites/$siteId/reports/$reportId"
          params={{ siteId: site.id, reportId: uniqueId }}
          search={search}
          className="button-quiet button-small"
        >
          {word(name)}
        </Link>
      ))}
    </nav>
  );
}
