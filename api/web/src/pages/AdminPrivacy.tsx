import { PrivacySettings } from '../admin/PrivacySettings';
import { Removals, RetentionSettings } from '../admin/Retention';
import { Subjects } from '../admin/Subjects';
import { AdminPage } from '../admin/AdminPage';
import { session } from '../api/session';
import { useLocale } from '../i18n/locale';

/** What is kept of visitors, and what they may ask for. */
export function AdminPrivacy() {
  const { t } = useLocale();
  return (
    <AdminPage title={t('admin.privacy')}>
      {session.get()?.superuser && (
        <>
          <PrivacySettings />
          <RetentionSettings />
          <Removals />
        </>
      )}
      <Subjects />
    </AdminPage>
  );
}
