import type { UseMutationResult } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocale } from '../i18n/locale';
import { Icon } from './icons';
import { Sheet } from './Sheet';
import { Fault } from './states';

interface ConfirmProps {
  question: string;
  /** What the button is for. */
  label: string;
  hint?: string;
  mutation: Pick<UseMutationResult<unknown, Error, void>, 'mutateAsync' | 'isPending' | 'error'>;
}

/** A button for what cannot be undone: it asks first. */
export function Confirm({ question, label, hint, mutation }: ConfirmProps) {
  const { t } = useLocale();
  const [isOpen, setOpen] = useState(false);
  const act = (): void =>
    void mutation.mutateAsync().then(
      () => setOpen(false),
      // The fault is shown in the sheet.
      () => undefined,
    );
  return (
    <>
      <button
        type="button"
        className="button-icon"
        aria-label={label}
        onClick={() => setOpen(true)}
      >
        <Icon name="trash" />
      </button>
      {isOpen && (
        <Sheet title={question} hint={hint} close={() => setOpen(false)}>
          {mutation.error && <Fault error={mutation.error} />}
          <div className="form-foot">
            <button type="button" className="button-quiet" onClick={() => setOpen(false)}>
              {t('state.cancel')}
            </button>
            <button
              type="button"
              className="button-quiet button-danger"
              data-testid="confirm"
              disabled={mutation.isPending}
              onClick={act}
            >
              {t('state.delete')}
            </button>
          </div>
        </Sheet>
      )}
    </>
  );
}
