import { Link, Outlet, useParams } from '@tanstack/react-router';
import { useLocale } from '../i18n/locale';
import { AccountMenu } from './AccountMenu';
import { Logo } from './Logo';
import { SiteMenu } from './SiteMenu';

/** The frame around every page of someone who is signed in. */
export function Shell() {
  const { t } = useLocale();
  const { siteId } = useParams({ strict: false });
  return (
    <>
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <header className="bar">
        <Link to="/" className="bar-home" aria-label={`Nagare: ${t('sites.all')}`}>
          <Logo />
        </Link>
        {siteId !== undefined && <SiteMenu current={siteId} />}
        <span className="bar-space" />
        <AccountMenu />
      </header>
      <Outlet />
    </>
  );
}
