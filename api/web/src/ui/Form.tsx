import type { UseMutationResult } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { useLocale } from '../i18n/locale';
import { Sheet } from './Sheet';
import { Fault } from './states';

interface FormProps {
  /** What tests call it. */
  name: string;
  change: Pick<UseMutationResult<unknown, Error, void>, 'mutate' | 'isPending' | 'error'>;
  close: () => void;
  isComplete?: boolean;
  /** Beside the button that stores. */
  more?: ReactNode;
  children: ReactNode;
}

/** Fields with what all forms end in: a fault, the way back, and the button that stores. */
export function Form({ name, change, close, isComplete = true, more, children }: FormProps) {
  const { t } = useLocale();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form className="form" onSubmit={submit} data-testid={`${name}-form`}>
      {children}
      {change.error && <Fault error={change.error} />}
      <div className="form-foot">
        <button type="button" className="button-quiet" onClick={close}>
          {t('state.cancel')}
        </button>
        {more}
        <button
          className="button"
          data-testid={`${name}-save`}
          disabled={!isComplete || change.isPending}
        >
          {t('state.save')}
        </button>
      </div>
    </form>
  );
}

/** A form over the page. */
export function SheetForm({ title, hint, ...form }: FormProps & { title: string; hint?: string }) {
  return (
    <Sheet title={title} hint={hint} close={form.close}>
      <Form {...form} />
    </Sheet>
  );
}
