import { useMutation, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { rest } from '../api/client';
import { recordOf } from '../api/reports';
import { useLocale } from '../i18n/locale';
import { Code } from '../ui/Code';
import { TextField } from '../ui/Field';
import { Form } from '../ui/Form';
import { Loaded } from '../ui/states';

const QrCode = lazy(() => import('../ui/QrCode'));

interface EnrolFactorProps {
  /** What allows to set it up before a session can begin. */
  token?: string;
  done: () => void;
}

/** Setting up a second factor: scan, prove, keep the recovery codes. */
export function EnrolFactor({ token, done }: EnrolFactorProps) {
  const { t } = useLocale();
  const [code, setCode] = useState('');
  const secret = useQuery({
    queryKey: ['secondFactor', token],
    queryFn: async () => {
      const answer = recordOf(await rest('POST', 'account/second-factor', { token }));
      return { secret: String(answer.secret), url: String(answer.url) };
    },
    // Each answer replaces the secret of the one before.
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const prove = useMutation({
    mutationFn: async () => {
      const answer = await rest('PUT', 'account/second-factor', { token, body: { code } });
      return (recordOf(answer).recovery_codes ?? []) as string[];
    },
  });
  if (prove.data) return <RecoveryCodes codes={prove.data} done={done} />;
  return (
    <Form name="factor" change={prove} submit={t('factor.confirm')}>
      <p className="note">{t('factor.scan')}</p>
      <Loaded query={secret} rows={6}>
        {({ secret: text, url }) => (
          <>
            <Suspense fallback={<div className="qr" />}>
              <QrCode text={url} label={t('factor.qr')} />
            </Suspense>
            <p className="note">
              {t('factor.byHand')} <code data-testid="factor-secret">{text}</code>
            </p>
          </>
        )}
      </Loaded>
      <TextField
        label={t('factor.code')}
        required
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="[0-9 ]{6,7}"
        value={code}
        testId="factor-code"
        onText={setCode}
      />
    </Form>
  );
}

function RecoveryCodes({ codes, done }: { codes: string[]; done: () => void }) {
  const { t } = useLocale();
  return (
    <div className="form">
      <p>
        <strong>{t('factor.on')}</strong> {t('factor.keep')}
      </p>
      <Code text={codes.join('\n')} testId="recovery-codes" />
      <button type="button" className="button" data-testid="factor-done" onClick={done}>
        {t('factor.kept')}
      </button>
    </div>
  );
}
