import type { UseMutationResult } from '@tanstack/react-query';
import type { FormEvent, ReactNode } from 'react';
import { useLocale } from '../i18n/locale';
import { Sheet } from './Sheet';
import { Fault } from './states';

export interface FormProps {
  /** What tests call it. */
  name: string;
  change: Pick<
    UseMutationResult<unknown, Error, void>,
    'mutate' | 'isPending' | 'isSuccess' | 'error'
  >;
  /** The way back. A form that stays on its page has none. */
  close?: () => void;
  isComplete?: boolean;
  /** What the button says where it does not save. */
  submit?: string;
  isDangerous?: boolean;
  /** All in one line, for what is asked in passing. */
  isInline?: boolean;
  /** Beside the button that stores. */
  more?: ReactNode;
  children: ReactNode;
}

/** Fields with what all forms end in: a fault, the way back, and the button that stores. */
export function Form({ name, change, isInline, children, ...foot }: FormProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form
      className={isInline ? 'inline-form' : 'form'}
      onSubmit={submit}
      data-testid={`${name}-form`}
    >
      {children}
      {change.error && <Fault error={change.error} />}
      {isInline ? (
        <Foot name={name} change={change} isQuiet {...foot} />
      ) : (
        <div className="form-foot">
          <Foot name={name} change={change} {...foot} />
        </div>
      )}
    </form>
  );
}

type FootProps = Omit<FormProps, 'isInline' | 'children'> & { isQuiet?: boolean };

function Foot({ name, change, close, submit, isDangerous, isQuiet, ...rest }: FootProps) {
  const { t } = useLocale();
  const { isComplete = true, more } = rest;
  const look = isDangerous ? 'button-quiet button-danger' : isQuiet ? 'button-quiet' : 'button';
  return (
    <>
      {close && (
        <button type="button" className="button-quiet" onClick={close}>
          {t('state.cancel')}
        </button>
      )}
      {more}
      {!close && !submit && change.isSuccess && <span role="status">{t('state.saved')}</span>}
      <button
        className={look}
        data-testid={`${name}-save`}
        disabled={!isComplete || change.isPending}
      >
        {submit ?? t('state.save')}
      </button>
    </>
  );
}

interface SheetFormProps extends FormProps {
  title: string;
  hint?: string;
  close: () => void;
}

/** A form over the page. */
export function SheetForm({ title, hint, ...form }: SheetFormProps) {
  return (
    <Sheet title={title} hint={hint} close={form.close}>
      <Form {...form} />
    </Sheet>
  );
}
