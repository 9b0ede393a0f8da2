import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { EnrolFactor } from '../account/EnrolFactor';
import { PasswordFields } from '../account/PasswordFields';
import { Tokens } from '../account/Tokens';
import { AdminPage } from '../admin/AdminPage';
import {
  changePassword,
  endSession,
  type OpenSession,
  removeFactor,
  sessionsQuery,
  userQuery,
} from '../api/admin';
import { session } from '../api/session';
import { useLocale } from '../i18n/locale';
import { Panel } from '../ui/Panel';
import { Sheet } from '../ui/Sheet';
import { Empty, Fault, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';

/** What belongs to the one who is signed in. */
export function Account() {
  const { t } = useLocale();
  const login = session.get()?.login ?? '';
  return (
    <AdminPage title={t('app.account', { login })}>
      <Factor login={login} />
      <Password />
      <Tokens />
      <Sessions />
    </AdminPage>
  );
}

function Factor({ login }: { login: string }) {
  const { t } = useLocale();
  const queries = useQueryClient();
  const [open, setOpen] = useState<'enrol' | 'remove'>();
  const user = useQuery(userQuery(login));
  const done = (): void => {
    setOpen(undefined);
    void queries.invalidateQueries({ queryKey: ['user', login] });
  };
  return (
    <Panel title={t('factor.title')} subtitle={t('factor.lead')}>
      <Loaded query={user} rows={1}>
        {({ hasSecondFactor }) => (
          <div className="inline-form">
            {hasSecondFactor && <span>{t('factor.exists')}</span>}
            <button
              type="button"
              className="button-quiet"
              data-testid="factor-open"
              onClick={() => setOpen(hasSecondFactor ? 'remove' : 'enrol')}
            >
              {t(hasSecondFactor ? 'factor.remove' : 'factor.setUp')}
            </button>
          </div>
        )}
      </Loaded>
      {open === 'enrol' && (
        <Sheet title={t('factor.title')} close={done}>
          <EnrolFactor done={done} />
        </Sheet>
      )}
      {open === 'remove' && <RemoveFactor done={done} />}
    </Panel>
  );
}

function RemoveFactor({ done }: { done: () => void }) {
  const { t } = useLocale();
  const remove = useMutation({
    mutationFn: (form: FormData) =>
      removeFactor(String(form.get('password')), String(form.get('code'))),
    onSuccess: done,
  });
  return (
    <Sheet title={t('factor.remove')} close={done}>
      <form
        className="form"
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          remove.mutate(new FormData(event.currentTarget));
        }}
      >
        <label className="field">
          {t('password.current')}
          <input name="password" type="password" required autoComplete="current-password" />
        </label>
        <label className="field">
          {t('factor.code')}
          <input name="code" required autoComplete="one-time-code" />
        </label>
        {remove.error && <Fault error={remove.error} />}
        <div className="form-foot">
          <button className="button-quiet button-danger" disabled={remove.isPending}>
            {t('factor.remove')}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

function Password() {
  const { t } = useLocale();
  const [current, setCurrent] = useState('');
  const [code, setCode] = useState('');
  const [next, setNext] = useState<string>();
  const store = useMutation({ mutationFn: () => changePassword(current, next ?? '', code) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    store.mutate();
  };
  return (
    <Panel title={t('password.title')} subtitle={t('password.hint')}>
      <form className="form form-narrow" onSubmit={submit}>
        <label className="field">
          {t('password.current')}
          <input
            type="password"
            required
            autoComplete="current-password"
            value={current}
            onChange={({ target }) => setCurrent(target.value)}
          />
        </label>
        <PasswordFields onChange={setNext} />
        <label className="field">
          {t('password.code')}
          <input
            autoComplete="one-time-code"
            value={code}
            onChange={({ target }) => setCode(target.value)}
          />
        </label>
        {store.error && <Fault error={store.error} />}
        <div className="form-foot">
          {store.isSuccess && <span role="status">{t('state.saved')}</span>}
          <button className="button" disabled={!next || store.isPending}>
            {t('state.save')}
          </button>
        </div>
      </form>
    </Panel>
  );
}

function Sessions() {
  const { t } = useLocale();
  const sessions = useQuery(sessionsQuery());
  return (
    <Panel title={t('session.title')}>
      <Loaded query={sessions} rows={3}>
        {(found) =>
          found.length ? (
            <ul className="entries">
              {found.map((open) => (
                <SessionEntry key={open.id} open={open} />
              ))}
            </ul>
          ) : (
            <Empty>{t('session.none')}</Empty>
          )
        }
      </Loaded>
    </Panel>
  );
}

function SessionEntry({ open }: { open: OpenSession }) {
  const { t, format } = useLocale();
  const end = useChange(() => endSession(open.id), { stale: [['sessions']] });
  return (
    <li>
      <div className="entry-text">
        <strong>{t('session.since', { at: format.moment(open.createdAt / 1000) })}</strong>
        {open.isCurrent && <span className="badge badge-good">{t('session.current')}</span>}
        <small>{open.agent}</small>
      </div>
      {!open.isCurrent && (
        <button
          type="button"
          className="button-quiet button-small"
          disabled={end.isPending}
          onClick={() => end.mutate()}
        >
          {t('session.end')}
        </button>
      )}
      {end.error && <Fault error={end.error} />}
    </li>
  );
}
