import type { SiteSettings } from '../api/admin';
import { useLocale } from '../i18n/locale';
import { AreaField, CheckField, ChoiceField, TextField } from '../ui/Field';
import { Form } from '../ui/Form';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';

export const NEW_SITE: SiteSettings = {
  id: 0,
  name: '',
  urls: [],
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
  currency: 'USD',
  hasEcommerce: false,
  excludedIps: '',
  excludedParameters: '',
  excludedAgents: '',
  onlyKnownUrls: false,
};

const CURRENCIES = Intl.supportedValuesOf('currency');
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** A site while it is being written about: its addresses are lines. */
type Draft = Omit<SiteSettings, 'urls'> & { urls: string };

interface SiteFormProps<Stored> {
  site: SiteSettings;
  store: (site: SiteSettings) => Promise<Stored>;
  then?: (stored: Stored) => void;
  submit?: string;
  /** What few need to touch. */
  isWhole?: boolean;
}

/** What is known of a site. */
export function SiteForm<Stored>({ site, store, then, submit, isWhole }: SiteFormProps<Stored>) {
  const { t } = useLocale();
  const [draft, set] = useDraft<Draft>(() => ({ ...site, urls: site.urls.join('\n') }));
  const urls = draft.urls
    .split('\n')
    .map((url) => url.trim())
    .filter(Boolean);
  // Names, days and money of all pages may change with it.
  const change = useChange(() => store({ ...draft, urls }), { stale: [[]], then });
  return (
    <Form name="site" change={change} submit={submit}>
      <TextField
        label={t('site.name')}
        required
        maxLength={90}
        value={draft.name}
        testId="site-name"
        onText={(name) => set({ name })}
      />
      <AreaField
        label={t('site.urls')}
        required
        value={draft.urls}
        placeholder="https://www.example.com"
        hint={t('site.urlsHint')}
        testId="site-urls"
        onText={(lines) => set({ urls: lines })}
      />
      <Locale draft={draft} set={set} />
      <CheckField
        label={t('site.ecommerce')}
        checked={draft.hasEcommerce}
        onCheck={(hasEcommerce) => set({ hasEcommerce })}
      />
      {isWhole && <Exclusions draft={draft} set={set} />}
    </Form>
  );
}

interface PartProps {
  draft: Draft;
  set: (part: Partial<Draft>) => void;
}

/** One of many names, the one that is set among them. */
const optionsOf = (names: string[], chosen: string) =>
  [...new Set([chosen, ...names])].map((value) => ({ value, text: value }));

/** Where the site's day begins, and its money. */
function Locale({ draft, set }: PartProps) {
  const { t } = useLocale();
  return (
    <div className="field-pair">
      <ChoiceField
        label={t('site.timezone')}
        value={draft.timezone}
        options={optionsOf(ZONES, draft.timezone)}
        onChoose={(timezone) => set({ timezone })}
      />
      <ChoiceField
        label={t('site.currency')}
        value={draft.currency}
        options={optionsOf(CURRENCIES, draft.currency)}
        onChoose={(currency) => set({ currency })}
      />
    </div>
  );
}

function Exclusions({ draft, set }: PartProps) {
  const { t } = useLocale();
  const fields = ['excludedIps', 'excludedParameters', 'excludedAgents'] as const;
  return (
    <fieldset className="form fields">
      <legend>{t('site.exclude')}</legend>
      <CheckField
        label={t('site.onlyKnownUrls')}
        checked={draft.onlyKnownUrls}
        onCheck={(onlyKnownUrls) => set({ onlyKnownUrls })}
      />
      {fields.map((name) => (
        <AreaField
          key={name}
          label={t(`site.${name}`)}
          value={draft[name]}
          onText={(text) => set({ [name]: text })}
        />
      ))}
    </fieldset>
  );
}
