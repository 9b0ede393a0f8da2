import { type ReactNode, useId } from 'react';
import { useLocale } from '../i18n/locale';
import { Icon } from './icons';
import { Modal } from './Modal';

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
  const id = useId();
  return (
    <Modal
      className={wide ? 'sheet sheet-wide' : 'sheet'}
      labelledBy={id}
      describedBy={hint && `${id}-hint`}
      close={close}
    >
      <div className="sheet-body">
        <header className="sheet-head">
          <h2 id={id}>{title}</h2>
          <button
            type="button"
            className="button-quiet button-icon"
            aria-label={t('state.close')}
            onClick={close}
          >
            <Icon name="close" />
          </button>
        </header>
        {hint && (
          <p id={`${id}-hint`} className="sheet-hint">
            {hint}
          </p>
        )}
        {children}
      </div>
    </Modal>
  );
}
