import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { PasswordFields } from '../account/PasswordFields';
import { AdminPage } from '../admin/AdminPage';
import {
  accessQuery,
  addUser,
  administeredQuery,
  deleteUser,
  type Role,
  ROLES,
  setAccess,
  type SiteSettings,
  type User,
  usersQuery,
} from '../api/admin';
import { session } from '../api/session';
import { useLocale } from '../i18n/locale';
import { Confirm } from '../ui/Confirm';
import { TextField } from '../ui/Field';
import { SheetForm } from '../ui/Form';
import { Icon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { Select } from '../ui/Select';
import { Empty, Fault, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';

/** Who may sign in, and what they may do with each site. */
export function AdminUsers() {
  const { t } = useLocale();
  const [isAdding, setAdding] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const sites = useQuery(administeredQuery());
  const site = sites.data?.find(({ id }) => String(id) === chosen) ?? sites.data?.[0];
  return (
    <AdminPage
      title={t('admin.users')}
      tools={
        <>
          {site && (
            <Select
              label={t('users.site')}
              value={String(site.id)}
              options={(sites.data ?? []).map(({ id, name }) => ({
                value: String(id),
                text: name,
              }))}
              onChange={setChosen}
            />
          )}
          {site && (
            <button
              type="button"
              className="button button-small"
              data-testid="user-new"
              onClick={() => setAdding(true)}
            >
              <Icon name="plus" />
              {t('users.new')}
            </button>
          )}
        </>
      }
    >
      <Loaded query={sites} rows={6}>
        {() =>
          site ? (
            <UserTable site={site} />
          ) : (
            <section className="panel">
              <Empty>{t('admin.noSites')}</Empty>
            </section>
          )
        }
      </Loaded>
      {isAdding && site && <NewUser site={site} close={() => setAdding(false)} />}
    </AdminPage>
  );
}

function UserTable({ site }: { site: SiteSettings }) {
  const { t } = useLocale();
  const users = useQuery(usersQuery());
  const access = useQuery(accessQuery(site.id));
  return (
    <Panel title={t('users.of', { site: site.name })}>
      <Loaded query={users} rows={5}>
        {(found) => (
          <div className="table-scroll" tabIndex={0} role="region" aria-label={t('report.table')}>
            <table className="data users" data-testid="users">
              <thead>
                <tr>
                  <th scope="col">{t('users.login')}</th>
                  <th scope="col">{t('users.email')}</th>
                  <th scope="col">{t('users.factor')}</th>
                  <th scope="col">{t('users.role')}</th>
                  <th scope="col" className="data-actions">
                    <span className="hidden">{t('report.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.map((user) => (
                  <UserRow
                    key={user.login}
                    user={user}
                    site={site}
                    role={access.data?.[user.login] ?? 'noaccess'}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function UserRow({ user, site, role }: { user: User; site: SiteSettings; role: Role }) {
  const { t } = useLocale();
  const store = useChange((next: Role) => setAccess(user.login, site.id, next), {
    stale: [['access', site.id]],
  });
  const remove = useChange(() => deleteUser(user.login), { stale: [['users']] });
  const isSelf = user.login === session.get()?.login;
  return (
    <tr data-testid="user-row">
      <th scope="row">
        {user.login} {user.isPending && <span className="badge">{t('users.pending')}</span>}
      </th>
      <td>{user.email || '–'}</td>
      <td>{t(user.hasSecondFactor ? 'state.yes' : 'state.no')}</td>
      <td>
        {user.isSuperuser ? (
          <span className="badge">{t('app.superuser')}</span>
        ) : (
          <Select
            label={t('users.roleOf', { login: user.login })}
            value={store.isPending ? store.variables : role}
            options={ROLES.map((value) => ({ value, text: t(`role.${value}`) }))}
            onChange={store.mutate}
          />
        )}
        {store.error && <Fault error={store.error} />}
      </td>
      <td className="data-actions">
        {!isSelf && (
          <Confirm
            question={t('users.delete', { login: user.login })}
            label={`${t('state.delete')}: ${user.login}`}
            mutation={remove}
          />
        )}
      </td>
    </tr>
  );
}

function NewUser({ site, close }: { site: SiteSettings; close: () => void }) {
  const { t } = useLocale();
  const [draft, set] = useDraft({ userLogin: '', email: '' });
  const [password, setPassword] = useState<string>();
  const store = useChange(
    () => addUser({ ...draft, password: password ?? '', initialIdSite: site.id }),
    { stale: [['users'], ['access', site.id]], then: close },
  );
  return (
    <SheetForm
      name="user"
      title={t('users.new')}
      hint={t('users.newHint', { site: site.name })}
      change={store}
      close={close}
      isComplete={!!password}
    >
      <TextField
        label={t('users.login')}
        required
        maxLength={100}
        autoComplete="off"
        value={draft.userLogin}
        testId="user-login"
        onText={(userLogin) => set({ userLogin })}
      />
      <TextField
        label={t('users.email')}
        required
        type="email"
        value={draft.email}
        testId="user-email"
        onText={(email) => set({ email })}
      />
      <PasswordFields onChange={setPassword} />
    </SheetForm>
  );
}
