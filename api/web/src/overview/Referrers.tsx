import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Range } from '../api/range';
import { type ReferrerRow, referrersQuery } from '../api/reports';
import { useLocale } from '../i18n/locale';
import { Bar } from '../ui/Bar';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';

export function Referrers({ site, range }: { site: number; range: Range }) {
  const { t } = useLocale();
  const query = useQuery({ ...referrersQuery(site, range), placeholderData: keepPreviousData });
  return (
    <Panel title={t('referrers.title')} subtitle={t(`range.${range}`)} className="referrers">
      <Loaded query={query} rows={5}>
        {(rows) => (rows.length ? <Shares rows={rows} /> : <Empty>{t('referrers.empty')}</Empty>)}
      </Loaded>
    </Panel>
  );
}

function Shares({ rows }: { rows: ReferrerRow[] }) {
  const { t, format } = useLocale();
  const total = Math.max(
    1,
    rows.reduce((sum, { visits }) => sum + visits, 0),
  );
  const most = Math.max(1, ...rows.map(({ visits }) => visits));
  return (
    <ol className="bars bars-tall" data-testid="referrer-types">
      {rows.map(({ type, label, visits }) => (
        <li key={label}>
          <Bar share={visits / most} />
          <span className="truncate">{type ? t(`referrers.${type}`) : label}</span>
          <small>{format.percent(visits / total)}</small>
          <b>{format.number(visits)}</b>
        </li>
      ))}
    </ol>
  );
}
