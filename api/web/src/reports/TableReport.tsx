import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Report } from '../api/catalogue';
import { comparedTableQuery, type Table, tableQuery } from '../api/table';
import type { Drawn } from '../charts/useEChart';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Empty, Loaded } from '../ui/states';
import { Pages } from './Pages';
import { Related } from './Related';
import { ReportChart } from './ReportChart';
import { ReportTable } from './ReportTable';
import { ReportTools } from './ReportTools';
import { RowEvolution } from './RowEvolution';
import { type ReportSearch, tableOptions } from './search';

const route = getRouteApi('/signed-in/sites/$siteId/reports/$reportId');

/** Changes how the report is looked at; what is looked at stays. */
export function useReportSearch(): [ReportSearch, (part: Partial<ReportSearch>) => void] {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return [
    search,
    (part) => void navigate({ search: (before) => ({ ...before, ...part }), resetScroll: false }),
  ];
}

export function TableReport({ report }: { report: Report }) {
  const { query, compared } = useView();
  const [search] = useReportSearch();
  const [drawn, setDrawn] = useState<Drawn>();
  const options = tableOptions(search);
  const table = useQuery(tableQuery(report, query, options));
  const before = useQuery({
    ...comparedTableQuery(report, compared ?? query, options),
    enabled: compared !== undefined,
  });
  return (
    <section className="panel report-panel">
      <ReportTools report={report} table={table.data} drawn={drawn} />
      <Loaded query={table} rows={12}>
        {(found) => (
          <>
            <ReportChart
              report={report}
              table={found}
              before={compared && before.data}
              onDrawn={setDrawn}
            />
            <Rows report={report} table={found} before={compared && before.data} />
          </>
        )}
      </Loaded>
      <Related report={report} />
      {search.row !== undefined && <RowEvolution report={report} row={search.row} />}
    </section>
  );
}

interface RowsProps {
  report: Report;
  table: Table;
  before: Table | undefined;
}

function Rows({ report, table, before }: RowsProps) {
  const { t } = useLocale();
  const [search, change] = useReportSearch();
  if (table.rows.length === 0 && !search.page) {
    return search.q ? (
      <Empty>
        {t('report.nothingFound', { text: search.q })}{' '}
        <button type="button" className="link" onClick={() => change({ q: undefined })}>
          {t('report.showAll')}
        </button>
      </Empty>
    ) : (
      <Empty>{t('report.empty')}</Empty>
    );
  }
  return (
    <>
      <ReportTable report={report} table={table} before={before} />
      <Pages page={search.page ?? 1} hasMore={table.hasMore} go={(page) => change({ page })} />
    </>
  );
}
