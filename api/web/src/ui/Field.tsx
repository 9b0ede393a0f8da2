import type { InputHTMLAttributes, ReactNode, TextareaHTMLAttributes } from 'react';

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  label: ReactNode;
  value: string | number;
  onText: (text: string) => void;
  testId?: string;
  hint?: string;
}

/** A line to be filled in. */
export function TextField({ label, onText, testId, hint, ...input }: TextFieldProps) {
  return (
    <label className="field">
      {label}
      <input {...input} data-testid={testId} onChange={({ target }) => onText(target.value)} />
      {hint && <small>{hint}</small>}
    </label>
  );
}

interface AreaFieldProps extends Omit<
  TextareaHTMLAttributes<HTMLTextAreaElement>,
  'onChange' | 'value'
> {
  label: ReactNode;
  value: string;
  onText: (text: string) => void;
  testId?: string;
  hint?: string;
}

/** Several lines. */
export function AreaField({ label, onText, testId, hint, ...area }: AreaFieldProps) {
  return (
    <label className="field">
      {label}
      <textarea
        rows={2}
        {...area}
        data-testid={testId}
        onChange={({ target }) => onText(target.value)}
      />
      {hint && <small>{hint}</small>}
    </label>
  );
}

interface ChoiceFieldProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; text: string }[];
  onChoose: (value: T) => void;
  testId?: string;
}

/** One of a few. */
export function ChoiceField<T extends string>({
  label,
  value,
  options,
  onChoose,
  testId,
}: ChoiceFieldProps<T>) {
  return (
    <label className="field">
      {label}
      <select
        className="select"
        value={value}
        data-testid={testId}
        onChange={({ target }) => onChoose(target.value as T)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CheckFieldProps {
  label: ReactNode;
  checked: boolean;
  onCheck: (checked: boolean) => void;
  testId?: string;
}

/** Yes or no. */
export function CheckField({ label, checked, onCheck, testId }: CheckFieldProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        data-testid={testId}
        onChange={({ target }) => onCheck(target.checked)}
      />
      {label}
    </label>
  );
}
