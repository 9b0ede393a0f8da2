import type { Site } from '../api/client';
import { useLocale } from '../i18n/locale';
import { Code } from '../ui/Code';
import { matomoCode, trackingCode } from './trackingCode';

/** A site without data: how to get some. */
export function Setup({ site }: { site: Site }) {
  const { t } = useLocale();
  return (
    <section className="panel setup" aria-labelledby="setup-title">
      <h2 id="setup-title">{t('setup.title')}</h2>
      <p>{t('setup.lead')}</p>
      <Code text={trackingCode(location.origin, site.id)} testId="tracking-code" />
      <details>
        <summary>{t('setup.matomo')}</summary>
        <p>{t('setup.matomoHint')}</p>
        <Code text={matomoCode(location.origin, site.id)} />
      </details>
      <p className="setup-listening" role="status">
        <span className="connection-dot" aria-hidden="true" />
        {t('setup.listening')}
      </p>
    </section>
  );
}
