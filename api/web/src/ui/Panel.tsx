import { type ReactNode, useId } from 'react';

interface PanelProps {
  title: string;
  subtitle?: string;
  className?: string;
  /** Beside the title. */
  tools?: ReactNode;
  testId?: string;
  children: ReactNode;
}

/** A titled part of a page. */
export function Panel({ title, subtitle, className = '', tools, testId, children }: PanelProps) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id} data-testid={testId}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {subtitle && <p>{subtitle}</p>}
        {tools && <div className="tools">{tools}</div>}
      </header>
      {children}
    </section>
  );
}
