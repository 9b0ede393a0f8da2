import { useId, useState } from 'react';
import { useLocale } from '../i18n/locale';

export const PASSWORD_LENGTH_MIN = 12;

/** A new password, said twice. */
export function PasswordFields({ onChange }: { onChange: (password: string | undefined) => void }) {
  const { t } = useLocale();
  const hint = useId();
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const told = (one: string, other: string): void =>
    onChange(one === other && one.length >= PASSWORD_LENGTH_MIN ? one : undefined);
  return (
    <>
      <label className="field">
        {t('password.new')}
        <input
          type="password"
          autoComplete="new-password"
          required
          minLength={PASSWORD_LENGTH_MIN}
          aria-describedby={hint}
          value={first}
          onChange={({ target }) => {
            setFirst(target.value);
            told(target.value, second);
          }}
        />
        <small id={hint}>{t('password.rule', { length: PASSWORD_LENGTH_MIN })}</small>
      </label>
      <label className="field">
        {t('password.again')}
        <input
          type="password"
          autoComplete="new-password"
          required
          value={second}
          aria-invalid={second !== '' && first !== second}
          onChange={({ target }) => {
            setSecond(target.value);
            told(first, target.value);
          }}
        />
      </label>
    </>
  );
}
