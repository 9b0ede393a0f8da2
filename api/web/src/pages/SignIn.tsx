import { useMutation } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect } from 'react';
import { signIn } from '../api/client';
import { ApiError } from '../api/errors';
import { useLocale } from '../i18n/locale';
import { Logo } from '../ui/Logo';

export function SignIn() {
  const { t } = useLocale();
  const router = useRouter();
  const { next = '/' } = useSearch({ from: '/sign-in' });
  const attempt = useMutation({
    mutationFn: (form: FormData) => signIn(String(form.get('login')), String(form.get('password'))),
    onSuccess: () => router.history.push(next),
  });
  useEffect(() => {
    document.title = `${t('signIn.title')} · Nagare`;
  }, [t]);

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    attempt.mutate(new FormData(event.currentTarget));
  };
  return (
    <main id="content" className="sign-in">
      <div className="sign-in-card">
        <Logo />
        <p className="sign-in-tagline">{t('app.tagline')}</p>
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
          <p className="sign-in-fault" role="alert">
            {attempt.error && <FaultText error={attempt.error} />}
          </p>
          <button className="button" data-testid="sign-in" disabled={attempt.isPending}>
            {attempt.isPending ? t('signIn.busy') : t('signIn.submit')}
          </button>
        </form>
      </div>
    </main>
  );
}

function FaultText({ error }: { error: Error }) {
  const { t } = useLocale();
  switch (error instanceof ApiError ? error.fault : undefined) {
    case 'unauthenticated':
      return t('signIn.wrong');
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
