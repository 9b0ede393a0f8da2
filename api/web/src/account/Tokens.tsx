import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { addToken, revokeToken, type Token, tokensQuery } from '../api/admin';
import { useLocale } from '../i18n/locale';
import { Code } from '../ui/Code';
import { Confirm } from '../ui/Confirm';
import { CheckField } from '../ui/Field';
import { Panel } from '../ui/Panel';
import { Empty, Fault, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';

/** Keys for programs that act for the one who is signed in. */
export function Tokens() {
  const { t } = useLocale();
  const tokens = useQuery(tokensQuery());
  return (
    <Panel title={t('token.title')} subtitle={t('token.lead')}>
      <Loaded query={tokens} rows={3}>
        {(found) => (
          <>
            {found.length ? (
              <ul className="entries" data-testid="tokens">
                {found.map((token) => (
                  <TokenEntry key={token.id} token={token} />
                ))}
              </ul>
            ) : (
              <Empty>{t('token.none')}</Empty>
            )}
            <NewToken />
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function TokenEntry({ token }: { token: Token }) {
  const { t, format } = useLocale();
  const revoke = useChange(() => revokeToken(token.id), { stale: [['tokens']] });
  const at = (moment: number | undefined): string =>
    moment === undefined ? t('token.never') : format.moment(moment / 1000);
  return (
    <li>
      <div className="entry-text">
        <strong>{token.description || token.id}</strong>
        {token.isReadOnly && <span className="badge">{t('token.readOnly')}</span>}
        <small>
          {t('token.used', { at: at(token.lastUsedAt) })} ·{' '}
          {t('token.expires', { at: at(token.expiresAt) })}
        </small>
      </div>
      <Confirm
        question={t('token.revoke', { name: token.description || token.id })}
        label={`${t('state.delete')}: ${token.description || token.id}`}
        mutation={revoke}
      />
    </li>
  );
}

function NewToken() {
  const { t } = useLocale();
  const [description, setDescription] = useState('');
  const [isReadOnly, setReadOnly] = useState(true);
  const [days, setDays] = useState('');
  const add = useChange(
    () =>
      addToken({
        description,
        read_only: isReadOnly,
        ...(days ? { expires_in_days: Number(days) } : {}),
      }),
    { stale: [['tokens']], then: () => setDescription('') },
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <>
      {add.data && (
        <div className="form" role="status">
          <p>
            <strong>{t('token.shown')}</strong>
          </p>
          <Code text={add.data} testId="token" />
        </div>
      )}
      <form className="inline-form" onSubmit={submit}>
        <input
          className="input"
          required
          maxLength={200}
          aria-label={t('token.description')}
          placeholder={t('token.description')}
          value={description}
          data-testid="token-description"
          onChange={({ target }) => setDescription(target.value)}
        />
        <input
          className="input input-short"
          type="number"
          min={1}
          max={36600}
          aria-label={t('token.days')}
          placeholder={t('token.days')}
          value={days}
          onChange={({ target }) => setDays(target.value)}
        />
        <CheckField label={t('token.readOnly')} checked={isReadOnly} onCheck={setReadOnly} />
        <button className="button-quiet" data-testid="token-add" disabled={add.isPending}>
          {t('token.add')}
        </button>
      </form>
      {add.error && <Fault error={add.error} />}
    </>
  );
}
