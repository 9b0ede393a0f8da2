import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AdminPage } from '../admin/AdminPage';
import { auditQuery, type AuditEntry } from '../api/admin';
import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';

/** Who did what. */
export function AdminAudit() {
  const { t } = useLocale();
  const [find, setFind] = useState('');
  const entries = useInfiniteQuery({
    ...auditQuery(),
    select: ({ pages }) => pages.flat(),
  });
  const fits = (texts: string[]): boolean =>
    texts.some((text) => text.toLowerCase().includes(find.toLowerCase()));
  return (
    <AdminPage
      title={t('admin.audit')}
      tools={
        <label className="search">
          <Icon name="search" />
          <span className="hidden">{t('audit.find')}</span>
          <input
            type="search"
            placeholder={t('audit.find')}
            value={find}
            onChange={({ target }) => setFind(target.value)}
          />
        </label>
      }
    >
      <Panel title={t('audit.title')} subtitle={t('audit.hint')}>
        <Loaded query={entries} rows={8}>
          {(all) => {
            const shown = all.filter(({ actor, action, target }) => fits([actor, action, target]));
            return shown.length ? <Entries entries={shown} /> : <Empty>{t('audit.none')}</Empty>;
          }}
        </Loaded>
        {entries.hasNextPage && (
          <div className="pages">
            <button
              type="button"
              className="button-quiet"
              data-testid="audit-older"
              disabled={entries.isFetchingNextPage}
              onClick={() => void entries.fetchNextPage()}
            >
              {t('audit.older')}
            </button>
          </div>
        )}
      </Panel>
    </AdminPage>
  );
}

function Entries({ entries }: { entries: AuditEntry[] }) {
  const { t, format } = useLocale();
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('report.table')}>
      <table className="data users" data-testid="audit">
        <thead>
          <tr>
            <th scope="col">{t('audit.at')}</th>
            <th scope="col">{t('audit.actor')}</th>
            <th scope="col">{t('audit.action')}</th>
            <th scope="col">{t('audit.target')}</th>
            <th scope="col">{t('audit.outcome')}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ sequence, at, actor, action, target, outcome, address }) => (
            <tr key={sequence} data-testid="audit-entry">
              <th scope="row">{format.moment(at / 1000)}</th>
              <td>
                {actor || '–'} {address && <small>{address}</small>}
              </td>
              <td>{action}</td>
              <td className="wrap">{target || '–'}</td>
              <td>{outcome}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
