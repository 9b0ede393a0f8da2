import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Dimensions } from '../admin/Dimensions';
import { SiteForm } from '../admin/SiteForm';
import { deleteSite, siteSettingsQuery, updateSite } from '../api/admin';
import { adminSitesQuery } from '../api/rights';
import { session } from '../api/session';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { trackingCode } from '../overview/trackingCode';
import { Code } from '../ui/Code';
import { Panel } from '../ui/Panel';
import { Sheet } from '../ui/Sheet';
import { Empty, Fault, Loaded } from '../ui/states';

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
  const queries = useQueryClient();
  const settings = useQuery(siteSettingsQuery(site.id));
  const store = useMutation({
    mutationFn: updateSite,
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <Panel title={t('site.general')}>
      <Loaded query={settings} rows={8}>
        {(found) => <SiteForm site={found} store={store} submitText={t('state.save')} isWhole />}
      </Loaded>
    </Panel>
  );
}

/** Deleting a site asks for the password: it is the one thing that nobody wants by mistake. */
function Removal() {
  const { t } = useLocale();
  const { site } = useView();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const [password, setPassword] = useState('');
  const remove = useMutation({
    mutationFn: () => deleteSite(site.id, password),
    onSuccess: async () => {
      await navigate({ to: '/admin/sites' });
      await queries.invalidateQueries();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    remove.mutate();
  };
  return (
    <Panel title={t('site.remove')}>
      <p className="note">{t('site.removeHint')}</p>
      <button type="button" className="button-quiet button-danger" onClick={() => setOpen(true)}>
        {t('site.removeNow')}
      </button>
      {isOpen && (
        <Sheet title={t('site.removeAsk', { name: site.name })} close={() => setOpen(false)}>
          <form className="form" onSubmit={submit}>
            <label className="field">
              {t('password.current')}
              <input
                type="password"
                required
                autoComplete="current-password"
                value={password}
                onChange={({ target }) => setPassword(target.value)}
              />
            </label>
            {remove.error && <Fault error={remove.error} />}
            <div className="form-foot">
              <button className="button-quiet button-danger" disabled={remove.isPending}>
                {t('state.delete')}
              </button>
            </div>
          </form>
        </Sheet>
      )}
    </Panel>
  );
}
