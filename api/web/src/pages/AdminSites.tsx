import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { AdminPage } from '../admin/AdminPage';
import { NEW_SITE, SiteForm } from '../admin/SiteForm';
import { addSite, administeredQuery, type SiteSettings } from '../api/admin';
import { session } from '../api/session';
import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { Sheet } from '../ui/Sheet';
import { Empty, Loaded } from '../ui/states';

export function AdminSites() {
  const { t } = useLocale();
  const [isAdding, setAdding] = useState(false);
  const sites = useQuery(administeredQuery());
  return (
    <AdminPage
      title={t('admin.sites')}
      tools={
        session.get()?.superuser && (
          <button
            type="button"
            className="button button-small"
            data-testid="site-new"
            onClick={() => setAdding(true)}
          >
            <Icon name="plus" />
            {t('site.new')}
          </button>
        )
      }
    >
      <Panel title={t('admin.yourSites')}>
        <Loaded query={sites} rows={4}>
          {(found) =>
            found.length ? (
              <ul className="entries">
                {found.map((site) => (
                  <SiteEntry key={site.id} site={site} />
                ))}
              </ul>
            ) : (
              <Empty>{t('admin.noSites')}</Empty>
            )
          }
        </Loaded>
      </Panel>
      {isAdding && (
        <Sheet title={t('site.new')} close={() => setAdding(false)}>
          <NewSite />
        </Sheet>
      )}
    </AdminPage>
  );
}

function SiteEntry({ site }: { site: SiteSettings }) {
  const { t } = useLocale();
  return (
    <li data-testid="site-entry">
      <div className="entry-text">
        <strong>{site.name}</strong>
        <span className="badge">{t('site.number', { id: site.id })}</span>
        <small>
          {site.urls.join(', ')} · {site.timezone} · {site.currency}
        </small>
      </div>
      <div className="tools">
        <Link
          to="/sites/$siteId"
          params={{ siteId: site.id }}
          className="button-quiet button-small"
          aria-label={`${t('nav.overview')}: ${site.name}`}
        >
          {t('nav.overview')}
        </Link>
        <Link
          to="/sites/$siteId/settings"
          params={{ siteId: site.id }}
          className="button-quiet button-small"
          aria-label={`${t('nav.settings')}: ${site.name}`}
        >
          {t('nav.settings')}
        </Link>
      </div>
    </li>
  );
}

/** Makes a site, and goes on to its first hit. */
export function NewSite() {
  const { t } = useLocale();
  const navigate = useNavigate();
  return (
    <SiteForm
      site={NEW_SITE}
      store={addSite}
      then={(siteId) => void navigate({ to: '/sites/$siteId/setup', params: { siteId } })}
      submit={t('site.add')}
    />
  );
}
