import { useLocale } from '../i18n/locale';
import { Bar } from '../ui/Bar';
import type { Counted } from './snapshot';

const ROWS_MAX = 10;

interface LiveListProps {
  title: string;
  id: string;
  rows: Counted[] | undefined;
  name?: (label: string) => string;
  /** By how many a row grew within the past minute. */
  moved?: (label: string) => number;
  wide?: boolean;
}

/** What the visitors of this moment have in common, the most frequent first. */
export function LiveList({ title, id, rows, name = String, moved, wide }: LiveListProps) {
  const { t, format } = useLocale();
  const most = Math.max(1, ...(rows ?? []).map(({ visitors }) => visitors));
  return (
    <div className="live-list" data-wide={wide}>
      <h3>{title}</h3>
      {rows?.length ? (
        <ol className="bars">
          {rows.slice(0, ROWS_MAX).map(({ label, visitors }) => (
            <li key={label} data-testid={id}>
              <Bar share={visitors / most} />
              <span className="truncate" title={name(label)}>
                {name(label)}
              </span>
              {moved && <Moved by={moved(label)} />}
              <b>{format.number(visitors)}</b>
            </li>
          ))}
        </ol>
      ) : (
        <p className="empty">{rows ? t('live.nobody') : '\u00a0'}</p>
      )}
    </div>
  );
}

function Moved({ by }: { by: number }) {
  const { t, format } = useLocale();
  if (by === 0) return null;
  return (
    <small className="moved" data-up={by > 0}>
      <span aria-hidden="true">{by > 0 ? '▲' : '▼'}</span> {format.number(Math.abs(by))}
      <span className="hidden"> {t(by > 0 ? 'live.more' : 'live.fewer')}</span>
    </small>
  );
}
