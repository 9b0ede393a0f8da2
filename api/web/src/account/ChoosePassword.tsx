import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { rest } from '../api/client';
import { useLocale } from '../i18n/locale';
import { Form } from '../ui/Form';
import { PasswordFields } from './PasswordFields';

interface ChoosePasswordProps {
  /** What allows to choose one, once. */
  token: string;
  reason?: string;
  done: () => void;
}

/** A password for an account that has none, or one that the rules refuse. */
export function ChoosePassword({ token, reason, done }: ChoosePasswordProps) {
  const { t } = useLocale();
  const [password, setPassword] = useState<string>();
  const choose = useMutation({
    mutationFn: () => rest('POST', 'account/password-reset', { body: { token, new: password } }),
    onSuccess: done,
  });
  return (
    <Form name="choose" change={choose} isComplete={!!password}>
      <h1>{t('password.choose')}</h1>
      {reason && <p className="note">{reason}</p>}
      <PasswordFields onChange={setPassword} />
    </Form>
  );
}
