import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { ChoosePassword } from '../account/ChoosePassword';
import { useLocale } from '../i18n/locale';
import { Notice } from '../ui/Notice';
import { Card } from './SignIn';

/** Where the link of an invitation or a forgotten password leads; what allows it stands behind the hash sign. */
export function ResetPassword() {
  const { t } = useLocale();
  const router = useRouter();
  const [token] = useState(() => location.hash.slice(1));
  if (!token) return <Notice title={t('password.noLink')} back />;
  return (
    <Card>
      <ChoosePassword token={token} done={() => router.history.push('/sign-in')} />
    </Card>
  );
}
