import * as Dialog from '@radix-ui/react-dialog';
import type { ReactNode } from 'react';
import { useLocale } from '../i18n/locale';
import { Icon } from './icons';

interface SheetProps {
  title: string;
  hint?: string;
  wide?: boolean;
  close: () => void;
  children: ReactNode;
}

/** Something to do or to look at before going on with the page. */
export function Sheet({ title, hint, wide, close, children }: SheetProps) {
  const { t } = useLocale();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className="sheet"
          data-wide={wide || undefined}
          {...(hint ? {} : { 'aria-describedby': undefined })}
        >
          <header className="sheet-head">
            <Dialog.Title>{title}</Dialog.Title>
            <Dialog.Close className="button-quiet button-icon" aria-label={t('state.close')}>
              <Icon name="close" />
            </Dialog.Close>
          </header>
          {hint && <Dialog.Description className="sheet-hint">{hint}</Dialog.Description>}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
