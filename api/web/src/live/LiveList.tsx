import { useLocale } from '../i18n/locale';
import type { Counted } from './snapshot';
import { Bar } from '../ui/Bar';

const ROWS_MAX = 8;

interface LiveListProps {
  title: string;
  id: string;
  rows: Counted[] | undefined;
  name?: (label: string) => string;
  wide?: boolean;
}

/** What the visitors of this moment have in common, the most frequent first. */
export function LiveList({ title, id, rows, name = String, wide }: LiveListProps) {
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
