import { Link, Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { session } from '../api/session';
import { useLocale } from '../i18n/locale';
import { Skeleton } from '../ui/states';

const PAGES = [
  { to: '/admin/sites', label: 'admin.sites', forAll: true },
  { to: '/admin/users', label: 'admin.users', forAll: true },
  { to: '/admin/privacy', label: 'admin.privacy', forAll: true },
  { to: '/admin/audit', label: 'admin.audit', forAll: false },
  { to: '/admin/system', label: 'admin.system', forAll: false },
  { to: '/account', label: 'nav.account', forAll: true },
] as const;

/** What all pages of the administration have in common. */
export function AdminFrame() {
  const { t } = useLocale();
  const isSuperuser = session.get()?.superuser;
  return (
    <div className="admin">
      <nav className="tabs" aria-label={t('nav.admin')}>
        {PAGES.filter(({ forAll }) => forAll || isSuperuser).map(({ to, label }) => (
          <Link key={to} to={to} className="tab" activeProps={{ 'aria-current': 'page' }}>
            {t(label)}
          </Link>
        ))}
      </nav>
      <Suspense
        fallback={
          <main id="content" className="page">
            <Skeleton rows={6} />
          </main>
        }
      >
        <Outlet />
      </Suspense>
    </div>
  );
}
