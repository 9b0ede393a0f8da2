import { useLocale } from '../i18n/locale';
import { Notice } from '../ui/Notice';

export function NotFound() {
  const { t } = useLocale();
  return <Notice title={t('state.notFound')} back />;
}
