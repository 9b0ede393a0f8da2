interface SelectProps<T extends string> {
  label: string;
  value: T;
  options: { value: T; text: string }[];
  onChange: (value: T) => void;
  testId?: string;
}

/** One of a few, as small as its text. */
export function Select<T extends string>({
  label,
  value,
  options,
  onChange,
  testId,
}: SelectProps<T>) {
  return (
    <select
      className="select"
      aria-label={label}
      value={value}
      data-testid={testId}
      onChange={({ target }) => onChange(target.value as T)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  );
}
