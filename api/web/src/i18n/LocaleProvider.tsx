import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { LocaleContext, preferredLanguage, rememberLanguage, useNewLocale } from './locale';

export function LocaleProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(preferredLanguage);
  const locale = useNewLocale(language);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(
    () => ({
      ...locale,
      choose: (next: typeof language) => {
        rememberLanguage(next);
        setLanguage(next);
      },
    }),
    [locale],
  );
  return <LocaleContext value={choice}>{children}</LocaleContext>;
}
