import { Link } from '@tanstack/react-router';
import { useLocale } from '../i18n/locale';

/** A page that only says why there is nothing else on it. */
export function Notice({ title, hint, back }: { title: string; hint?: string; back?: boolean }) {
  const { t } = useLocale();
  return (
    <main id="content" className="notice">
      <h1>{title}</h1>
      {hint && <p>{hint}</p>}
      {back && (
        <Link to="/" className="button">
          {t('state.back')}
        </Link>
      )}
    </main>
  );
}
