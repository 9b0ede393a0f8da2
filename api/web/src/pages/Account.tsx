import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
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
import { TextField } from '../ui/Field';
import { Form, SheetForm } from '../ui/Form';
import { Panel } from '../ui/Panel';
import { Sheet } from '../ui/Sheet';
import { Empty, Fault, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';

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
  const [draft, set] = useDraft({ password: '', code: '' });
  const remove = useMutation({
    mutationFn: () => removeFactor(draft.password, draft.code),
    onSuccess: done,
  });
  return (
    <SheetForm
      name="factor-removal"
      title={t('factor.remove')}
      change={remove}
      submit={t('factor.remove')}
      isDangerous
      close={done}
    >
      <TextField
        label={t('password.current')}
        type="password"
        required
        autoComplete="current-password"
        value={draft.password}
        onText={(password) => set({ password })}
      />
      <TextField
        label={t('factor.code')}
        required
        autoComplete="one-time-code"
        value={draft.code}
        onText={(code) => set({ code })}
      />
    </SheetForm>
  );
}

function Password() {
  const { t } = useLocale();
  const [draft, set] = useDraft<{ current: string; next?: string; code: string }>({
    current: '',
    code: '',
  });
  const store = useMutation({
    mutationFn: () => changePassword(draft.current, draft.next ?? '', draft.code),
  });
  return (
    <Panel title={t('password.title')} subtitle={t('password.hint')}>
      <div className="form-narrow">
        <Form name="password" change={store} isComplete={!!draft.next}>
          <TextField
            label={t('password.current')}
            type="password"
            required
            autoComplete="current-password"
            value={draft.current}
            testId="password-current"
            onText={(current) => set({ current })}
          />
          <PasswordFields onChange={(next) => set({ next })} />
          <TextField
            label={t('password.code')}
            autoComplete="one-time-code"
            value={draft.code}
            onText={(code) => set({ code })}
          />
        </Form>
      </div>
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
