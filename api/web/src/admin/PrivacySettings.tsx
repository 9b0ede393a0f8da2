import { useQuery } from '@tanstack/react-query';
import { changePrivacy, type Privacy, privacyQuery, REDUCTIONS } from '../api/privacy';
import { useLocale } from '../i18n/locale';
import { CheckField, ChoiceField } from '../ui/Field';
import { Form } from '../ui/Form';
import { Panel } from '../ui/Panel';
import { Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';

const MASKS = ['0', '1', '2', '3', '4'] as const;
type Mask = (typeof MASKS)[number];
const CHOICES = [
  'locate_masked',
  'do_not_track',
  'cookieless',
  'pseudonymous_user_ids',
  'pseudonymous_order_ids',
] as const;

/** What of a visitor is stored, on all sites. */
export function PrivacySettings() {
  const { t } = useLocale();
  const privacy = useQuery(privacyQuery());
  return (
    <Panel title={t('privacy.collected')} subtitle={t('privacy.hint')}>
      <Loaded query={privacy} rows={6}>
        {(found) => <PrivacyForm found={found} />}
      </Loaded>
    </Panel>
  );
}

function PrivacyForm({ found }: { found: Privacy }) {
  const { t } = useLocale();
  const [draft, set] = useDraft(found);
  const store = useChange(() => changePrivacy(draft), { stale: [['privacy']] });
  return (
    <Form name="privacy" change={store}>
      <div className="field-pair">
        <ChoiceField
          label={t('privacy.mask')}
          value={String(draft.mask_bytes) as Mask}
          options={MASKS.map((value) => ({ value, text: t(`privacy.mask.${value}`) }))}
          testId="privacy-mask"
          onChoose={(bytes) => set({ mask_bytes: Number(bytes) })}
        />
        <ChoiceField
          label={t('privacy.referrer')}
          value={draft.referrer_reduction}
          options={REDUCTIONS.map((value) => ({ value, text: t(`privacy.referrer.${value}`) }))}
          onChoose={(referrer_reduction) => set({ referrer_reduction })}
        />
      </div>
      {CHOICES.map((name) => (
        <CheckField
          key={name}
          label={t(`privacy.${name}`)}
          checked={draft[name]}
          testId={`privacy-${name}`}
          onCheck={(checked) => set({ [name]: checked })}
        />
      ))}
    </Form>
  );
}
