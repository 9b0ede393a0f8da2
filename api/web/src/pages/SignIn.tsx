import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { ChoosePassword } from '../account/ChoosePassword';
import { EnrolFactor } from '../account/EnrolFactor';
import { openIdQuery, signIn, takeUpSession } from '../api/client';
import { ApiError, isProblem } from '../api/errors';
import { useLocale } from '../i18n/locale';
import { Logo } from '../ui/Logo';

export function SignIn() {
  const { t } = useLocale();
  const router = useRouter();
  const { next = '/', openid } = useSearch({ from: '/sign-in' });
  const attempt = useMutation({
    mutationFn: (form: FormData) => {
      const text = (name: string): string => String(form.get(name) ?? '');
      return signIn(text('login'), text('password'), text('code').replace(/\s/g, ''));
    },
    onSuccess: () => router.history.push(next),
  });
  useEffect(() => {
    document.title = `${t('signIn.title')} · Nagare`;
  }, [t]);
  useEffect(() => {
    if (openid !== 'done') return;
    void takeUpSession().then((isBegun) => isBegun && router.history.push(next));
  }, [openid, next, router]);
  const { error } = attempt;
  if (isProblem(error, 'password-too-weak')) {
    return (
      <Card>
        <ChoosePassword
          token={String(error.problem.reset_token)}
          reason={error.message}
          done={attempt.reset}
        />
      </Card>
    );
  }
  if (isProblem(error, 'second-factor-required')) {
    return (
      <Card>
        <h1>{t('factor.required')}</h1>
        <EnrolFactor token={String(error.problem.enrol_token)} done={attempt.reset} />
      </Card>
    );
  }
  return (
    <Card>
      <SignInForm send={attempt.mutate} isBusy={attempt.isPending} error={error} />
      <OpenId fault={openid === 'done' ? undefined : openid} />
    </Card>
  );
}

export function Card({ children }: { children: ReactNode }) {
  const { t } = useLocale();
  return (
    <main id="content" className="sign-in">
      <div className="sign-in-card">
        <Logo />
        <p className="sign-in-tagline">{t('app.tagline')}</p>
        {children}
      </div>
    </main>
  );
}

/** The way to another provider, and why it did not lead here. */
function OpenId({ fault }: { fault?: 'unknown' | 'failed' }) {
  const { t } = useLocale();
  const { data: name } = useQuery(openIdQuery());
  if (!name) return null;
  return (
    <>
      {fault && (
        <p className="sign-in-fault" role="alert">
          {t(`signIn.openid.${fault}`, { name })}
        </p>
      )}
      <a className="button-quiet" href="/api/v1/session/openid/begin" data-testid="sign-in-openid">
        {t('signIn.openid', { name })}
      </a>
    </>
  );
}

interface SignInFormProps {
  send: (form: FormData) => void;
  isBusy: boolean;
  error: Error | null;
}

function SignInForm({ send, isBusy, error }: SignInFormProps) {
  const { t } = useLocale();
  const [needsCode, setNeedsCode] = useState(false);
  const asksForCode = isProblem(error, 'code-needed');
  useEffect(() => {
    if (asksForCode) setNeedsCode(true);
  }, [asksForCode]);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    send(new FormData(event.currentTarget));
  };
  return (
    <form onSubmit={submit}>
      <h1 className="hidden">{t('signIn.title')}</h1>
      <label>
        {t('signIn.login')}
        <input
          name="login"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
        />
      </label>
      <label>
        {t('signIn.password')}
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      {needsCode && (
        <label>
          {t('signIn.code')}
          <input
            name="code"
            autoComplete="one-time-code"
            required
            autoFocus
            data-testid="sign-in-code"
          />
          <small>{t('signIn.codeHint')}</small>
        </label>
      )}
      <p className="sign-in-fault" role="alert">
        {error && !asksForCode && <FaultText error={error} hasCode={needsCode} />}
      </p>
      <button className="button" data-testid="sign-in" disabled={isBusy}>
        {isBusy ? t('signIn.busy') : t('signIn.submit')}
      </button>
    </form>
  );
}

function FaultText({ error, hasCode }: { error: Error; hasCode: boolean }) {
  const { t } = useLocale();
  switch (error instanceof ApiError ? error.fault : undefined) {
    case 'unauthenticated':
      return t(hasCode ? 'signIn.wrongCode' : 'signIn.wrong');
    case 'slow_down':
      return t('signIn.slow');
    case 'network':
      return t('state.network');
    case 'server':
      return t('state.server');
    default:
      return error.message || t('state.error');
  }
}
