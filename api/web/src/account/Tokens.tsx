import { useQuery } from '@tanstack/react-query';
import { addToken, revokeToken, type Token, tokensQuery } from '../api/admin';
import { useLocale } from '../i18n/locale';
import { Code } from '../ui/Code';
import { Confirm } from '../ui/Confirm';
import { CheckField, TextField } from '../ui/Field';
import { Form } from '../ui/Form';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';

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
    <li data-testid="token-entry">
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
  const [draft, set] = useDraft({ description: '', isReadOnly: true, days: '' });
  const add = useChange(
    () =>
      addToken({
        description: draft.description,
        read_only: draft.isReadOnly,
        ...(draft.days ? { expires_in_days: Number(draft.days) } : {}),
      }),
    { stale: [['tokens']], then: () => set({ description: '' }) },
  );
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
      <Form name="token" change={add} submit={t('token.add')} isInline>
        <TextField
          label={t('token.description')}
          required
          maxLength={200}
          value={draft.description}
          testId="token-description"
          onText={(description) => set({ description })}
        />
        <TextField
          label={t('token.days')}
          type="number"
          min={1}
          max={36600}
          value={draft.days}
          onText={(days) => set({ days })}
        />
        <CheckField
          label={t('token.readOnly')}
          checked={draft.isReadOnly}
          onCheck={(isReadOnly) => set({ isReadOnly })}
        />
      </Form>
    </>
  );
}
