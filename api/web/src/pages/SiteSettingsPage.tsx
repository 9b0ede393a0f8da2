import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Dimensions } from '../admin/Dimensions';
import { RefusedHits } from '../admin/RefusedHits';
import { SiteForm } from '../admin/SiteForm';
import { deleteSite, siteSettingsQuery, updateSite } from '../api/admin';
import { adminSitesQuery } from '../api/rights';
import { session } from '../api/session';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { trackingCode } from '../overview/trackingCode';
import { Code } from '../ui/Code';
import { TextField } from '../ui/Field';
import { SheetForm } from '../ui/Form';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';

/** What a site is called, how it is tracked, and what it is not. */
export function SiteSettingsPage() {
  const { t } = useLocale();
  const { site, search } = useView();
  const admin = useQuery(adminSitesQuery());
  const isAdmin = admin.data?.includes(site.id);
  return (
    <main id="content" className="page stack">
      <PageHead title={t('nav.settings')} />
      <Panel
        title={t('site.tracking')}
        tools={
          <Link
            to="/sites/$siteId/setup"
            params={{ siteId: site.id }}
            search={search}
            className="button-quiet button-small"
          >
            {t('site.check')}
          </Link>
        }
      >
        <Code text={trackingCode(location.origin, site.id)} testId="tracking-code" />
      </Panel>
      {isAdmin ? (
        <>
          <General />
          <Dimensions />
          <RefusedHits />
          {session.get()?.superuser && <Removal />}
        </>
      ) : (
        <Loaded query={admin} rows={6}>
          {() => (
            <section className="panel">
              <Empty>{t('site.notAdmin')}</Empty>
            </section>
          )}
        </Loaded>
      )}
    </main>
  );
}

function General() {
  const { t } = useLocale();
  const { site } = useView();
  const settings = useQuery(siteSettingsQuery(site.id));
  return (
    <Panel title={t('site.general')}>
      <Loaded query={settings} rows={8}>
        {(found) => <SiteForm site={found} store={updateSite} isWhole />}
      </Loaded>
    </Panel>
  );
}

/** Deleting a site asks for the password: it is the one thing that nobody wants by mistake. */
function Removal() {
  const { t } = useLocale();
  const { site } = useView();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const [password, setPassword] = useState('');
  const remove = useChange(
    async () => {
      await deleteSite(site.id, password);
      // Its pages would ask for what is gone.
      await navigate({ to: '/admin/sites' });
    },
    { stale: [[]] },
  );
  return (
    <Panel title={t('site.remove')}>
      <p className="note">{t('site.removeHint')}</p>
      <button
        type="button"
        className="button-quiet button-danger"
        data-testid="site-remove"
        onClick={() => setOpen(true)}
      >
        {t('site.removeNow')}
      </button>
      {isOpen && (
        <SheetForm
          name="removal"
          title={t('site.removeAsk', { name: site.name })}
          change={remove}
          submit={t('state.delete')}
          isDangerous
          close={() => setOpen(false)}
        >
          <TextField
            label={t('password.current')}
            type="password"
            required
            autoComplete="current-password"
            value={password}
            testId="removal-password"
            onText={setPassword}
          />
        </SheetForm>
      )}
    </Panel>
  );
}
