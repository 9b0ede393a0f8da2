import { type ReactNode, useEffect } from 'react';
import { useSite, useView } from './context';
import { ComparePicker } from './ComparePicker';
import { DatePicker } from './DatePicker';
import { SegmentPicker } from './SegmentPicker';

interface PageHeadProps {
  title: string;
  /** What of the view the page depends on. */
  tools?: ('date' | 'compare' | 'segment')[];
  children?: ReactNode;
}

/** The title of a page, and what it is about: days, segment, comparison. */
export function PageHead({ title, tools = [], children }: PageHeadProps) {
  const site = useSite();
  const { view } = useView();
  useEffect(() => {
    document.title = `${title} · ${site.name} · Nagare`;
  }, [title, site]);
  return (
    <header className="page-head">
      <h1>{title}</h1>
      <div className="tools">
        {children}
        {tools.includes('segment') && <SegmentPicker key={view.segment ?? ''} />}
        {tools.includes('compare') && <ComparePicker />}
        {tools.includes('date') && <DatePicker />}
      </div>
    </header>
  );
}
