import { useState } from 'react';
import { useLocale } from '../i18n/locale';

/** Text to be taken elsewhere. */
export function Code({ text, testId }: { text: string; testId?: string }) {
  const { t } = useLocale();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className="code">
      <pre tabIndex={0}>
        <code data-testid={testId}>{text}</code>
      </pre>
      <button type="button" className="button-quiet" onClick={() => void copy()}>
        {copied ? t('setup.copied') : t('setup.copy')}
      </button>
    </div>
  );
}
