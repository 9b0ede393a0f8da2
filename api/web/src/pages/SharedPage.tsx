import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { openedShareQuery, type Shared } from '../api/shares';
import { today } from '../api/days';
import { presetDates, presetOf, PRESETS, viewOf } from '../api/view';
import { useLocale } from '../i18n/locale';
import { SharedReport } from '../sharing/SharedReport';
import { Logo } from '../ui/Logo';
import { Notice } from '../ui/Notice';
import { Select } from '../ui/Select';
import { Fault, Skeleton } from '../ui/states';
import { Card } from './SignIn';

const SHARED = getRouteApi('/shared');

/** Where a link leads: its reports for anyone who has it. */
export function SharedPage() {
  return <Opened>{(shared) => <SharedView shared={shared} />}</Opened>;
}

/** The same inside a page of someone else. */
export function EmbedPage() {
  return (
    <Opened>
      {(shared) => (
        <main id="content" className="shared shared-embed" data-testid="embed">
          <h1 className="hidden">{shared.siteName}</h1>
          <Reports shared={shared} />
        </main>
      )}
    </Opened>
  );
}

/** Opens the link of this address, with a password where it needs one. */
function Opened({ children }: { children: (shared: Shared) => ReactNode }) {
  const { t } = useLocale();
  const [secret] = useState(() => location.hash.slice(1));
  const [password, setPassword] = useState('');
  const opened = useQuery({ ...openedShareQuery(secret, password), enabled: secret !== '' });
  if (!secret) return <Notice title={t('shared.noLink')} />;
  if (opened.data) return children(opened.data);
  if (opened.error) {
    return <Password error={password ? opened.error : undefined} open={setPassword} />;
  }
  return (
    <main id="content" className="shared">
      <Skeleton rows={8} />
    </main>
  );
}

function Password({ error, open }: { error: Error | undefined; open: (password: string) => void }) {
  const { t } = useLocale();
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    open(password);
  };
  return (
    <Card>
      <h1>{t('shared.password')}</h1>
      <p>{t('shared.passwordHint')}</p>
      <form className="form" onSubmit={submit}>
        <label className="field">
          {t('share.password')}
          <input
            type="password"
            required
            autoComplete="off"
            value={password}
            data-testid="shared-password"
            onChange={({ target }) => setPassword(target.value)}
          />
        </label>
        {error && <Fault error={error} />}
        <button className="button" data-testid="shared-open">
          {t('shared.open')}
        </button>
      </form>
    </Card>
  );
}

function SharedView({ shared }: { shared: Shared }) {
  const { t } = useLocale();
  const view = viewOf(SHARED.useSearch());
  const navigate = SHARED.useNavigate();
  const day = today('UTC', Date.now());
  const preset = presetOf(view, day);
  useEffect(() => {
    document.title = `${shared.siteName} · Nagare`;
  }, [shared]);
  return (
    <main id="content" className="shared" data-testid="shared">
      <header className="page-head">
        <Logo />
        <h1>{shared.siteName}</h1>
        <div className="tools">
          <Select
            label={t('date.label')}
            value={preset ?? 'other'}
            testId="shared-period"
            options={[
              ...(preset ? [] : [{ value: 'other' as const, text: view.date }]),
              ...PRESETS.map((value) => ({ value, text: t(`date.${value}`) })),
            ]}
            onChange={(value) =>
              value !== 'other' &&
              void navigate({ search: presetDates(value, day), hash: true, replace: true })
            }
          />
        </div>
      </header>
      <Reports shared={shared} />
    </main>
  );
}

function Reports({ shared }: { shared: Shared }) {
  return (
    <div className="shared-reports">
      {shared.reports.map((report) => (
        <SharedReport key={report.uniqueId} shared={shared} report={report} />
      ))}
    </div>
  );
}
