import { type FormEvent, useState } from 'react';
import type { SiteSettings } from '../api/admin';
import { useLocale } from '../i18n/locale';
import { Fault } from '../ui/states';

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

interface SiteFormProps {
  site: SiteSettings;
  store: {
    mutate: (site: SiteSettings) => void;
    error: Error | null;
    isPending: boolean;
    isSuccess: boolean;
  };
  submitText: string;
  /** What few need to touch. */
  isWhole?: boolean;
}

/** What is known of a site. */
export function SiteForm({ site, store, submitText, isWhole }: SiteFormProps) {
  const { t } = useLocale();
  const [draft, setDraft] = useState(site);
  const [urls, setUrls] = useState(site.urls.join('\n'));
  const set = (part: Partial<SiteSettings>): void => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    store.mutate({
      ...draft,
      urls: urls
        .split('\n')
        .map((url) => url.trim())
        .filter(Boolean),
    });
  };
  return (
    <form className="form" onSubmit={submit} data-testid="site-form">
      <label className="field">
        {t('site.name')}
        <input
          required
          maxLength={90}
          value={draft.name}
          data-testid="site-name"
          onChange={({ target }) => set({ name: target.value })}
        />
      </label>
      <label className="field">
        {t('site.urls')}
        <textarea
          required
          rows={2}
          value={urls}
          placeholder="https://www.example.com"
          data-testid="site-urls"
          onChange={({ target }) => setUrls(target.value)}
        />
        <small>{t('site.urlsHint')}</small>
      </label>
      <Locale draft={draft} set={set} />
      <label className="check">
        <input
          type="checkbox"
          checked={draft.hasEcommerce}
          onChange={({ target }) => set({ hasEcommerce: target.checked })}
        />
        {t('site.ecommerce')}
      </label>
      {isWhole && <Exclusions draft={draft} set={set} />}
      {store.error && <Fault error={store.error} />}
      <div className="form-foot">
        {store.isSuccess && isWhole && <span role="status">{t('state.saved')}</span>}
        <button className="button" data-testid="site-save" disabled={store.isPending}>
          {submitText}
        </button>
      </div>
    </form>
  );
}

interface PartProps {
  draft: SiteSettings;
  set: (part: Partial<SiteSettings>) => void;
}

/** Where the site's day begins, and its money. */
function Locale({ draft, set }: PartProps) {
  const { t } = useLocale();
  return (
    <div className="field-pair">
      <label className="field">
        {t('site.timezone')}
        <select
          className="select"
          value={draft.timezone}
          onChange={({ target }) => set({ timezone: target.value })}
        >
          {[...new Set([draft.timezone, ...ZONES])].map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </select>
      </label>
      <label className="field">
        {t('site.currency')}
        <select
          className="select"
          value={draft.currency}
          onChange={({ target }) => set({ currency: target.value })}
        >
          {[...new Set([draft.currency, ...CURRENCIES])].map((currency) => (
            <option key={currency}>{currency}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Exclusions({ draft, set }: PartProps) {
  const { t } = useLocale();
  const fields = ['excludedIps', 'excludedParameters', 'excludedAgents'] as const;
  return (
    <fieldset className="form fields">
      <legend>{t('site.exclude')}</legend>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.onlyKnownUrls}
          onChange={({ target }) => set({ onlyKnownUrls: target.checked })}
        />
        {t('site.onlyKnownUrls')}
      </label>
      {fields.map((name) => (
        <label key={name} className="field">
          {t(`site.${name}`)}
          <textarea
            rows={2}
            value={draft[name]}
            onChange={({ target }) => set({ [name]: target.value })}
          />
        </label>
      ))}
    </fieldset>
  );
}
