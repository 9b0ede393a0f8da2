import { type ReactNode, useEffect } from 'react';

interface AdminPageProps {
  title: string;
  tools?: ReactNode;
  children: ReactNode;
}

export function AdminPage({ title, tools, children }: AdminPageProps) {
  useEffect(() => {
    document.title = `${title} · Nagare`;
  }, [title]);
  return (
    <main id="content" className="page stack">
      <header className="page-head">
        <h1>{title}</h1>
        <div className="tools">{tools}</div>
      </header>
      {children}
    </main>
  );
}
