import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Range } from '../api/range';
import { type PageRow, pagesQuery } from '../api/reports';
import { useLocale } from '../i18n/locale';
import { Bar } from '../ui/Bar';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';

export function TopPages({ site, range }: { site: number; range: Range }) {
  const { t } = useLocale();
  const query = useQuery({ ...pagesQuery(site, range), placeholderData: keepPreviousData });
  return (
    <Panel title={t('pages.title')} subtitle={t(`range.${range}`)} className="top-pages">
      <Loaded query={query} rows={8}>
        {(rows) => (rows.length ? <PageTable rows={rows} /> : <Empty>{t('pages.empty')}</Empty>)}
      </Loaded>
    </Panel>
  );
}

function PageTable({ rows }: { rows: PageRow[] }) {
  const { t, format } = useLocale();
  const most = Math.max(1, ...rows.map(({ visits }) => visits));
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t('pages.page')}</th>
          <th scope="col">{t('pages.visits')}</th>
          <th scope="col">{t('pages.views')}</th>
          <th scope="col" className="wide-only">
            {t('pages.time')}
          </th>
          <th scope="col" className="wide-only">
            {t('pages.bounce')}
          </th>
        </tr>
      </thead>
      <tbody data-testid="top-pages">
        {rows.map(({ label, visits, views, seconds, bounceRate }) => (
          <tr key={label} data-testid="top-page">
            <th scope="row">
              <Bar share={visits / most} />
              <span className="truncate" title={label}>
                {label}
              </span>
            </th>
            <td>{format.number(visits)}</td>
            <td>{format.number(views)}</td>
            <td className="wide-only">{seconds === undefined ? '–' : format.duration(seconds)}</td>
            <td className="wide-only">
              {bounceRate === undefined ? '–' : format.percent(bounceRate)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
