import { useEffect, useState } from 'react';
import type { Report } from '../api/catalogue';
import type { Table } from '../api/table';
import type { Drawn } from '../charts/useEChart';
import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { Popover } from '../ui/Popover';
import { Select } from '../ui/Select';
import { ExportMenu } from './ExportMenu';
import { chartsOf, chartShown } from './kinds';
import { shownColumns } from './ReportTable';
import { useReportSearch } from './TableReport';

const TYPING_MS = 300;

interface ReportToolsProps {
  report: Report;
  table: Table | undefined;
  drawn: Drawn | undefined;
}

/** Search, columns, hierarchy, chart and export of a report. */
export function ReportTools({ report, table, drawn }: ReportToolsProps) {
  const { t } = useLocale();
  const [search, change] = useReportSearch();
  const chart = chartShown(report, search.chart);
  return (
    <div className="report-tools">
      {!report.hasConstantRows && <Search />}
      <div className="tools">
        {report.hasSubtables && (
          <button
            type="button"
            className="button-quiet"
            aria-pressed={search.flat === 1}
            data-testid="report-flat"
            onClick={() => change({ flat: search.flat ? undefined : 1, page: undefined })}
          >
            {t('report.flat')}
          </button>
        )}
        <Select
          label={t('report.chart')}
          value={chart}
          testId="report-chart"
          options={chartsOf(report).map((kind) => ({ value: kind, text: t(`chart.${kind}`) }))}
          onChange={(kind) => change({ chart: kind })}
        />
        {table && table.columns.length > 1 && <Columns table={table} />}
        <ExportMenu report={report} drawn={chart === 'none' ? undefined : drawn} />
      </div>
    </div>
  );
}

function Search() {
  const { t } = useLocale();
  const [search, change] = useReportSearch();
  const [text, setText] = useState(search.q ?? '');
  useEffect(() => {
    if (text === (search.q ?? '')) return;
    const timer = setTimeout(() => change({ q: text || undefined, page: undefined }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (!search.q) setText('');
  }, [search.q]);
  return (
    <label className="search">
      <Icon name="search" />
      <span className="hidden">{t('report.search')}</span>
      <input
        type="search"
        value={text}
        placeholder={t('report.search')}
        data-testid="report-search"
        onChange={({ target }) => setText(target.value)}
      />
    </label>
  );
}

function Columns({ table }: { table: Table }) {
  const { t, word } = useLocale();
  const [search, change] = useReportSearch();
  const shown = new Set(shownColumns(table, search.hide).map(({ name }) => name));
  const toggle = (name: string): void => {
    if (shown.has(name)) shown.delete(name);
    else shown.add(name);
    const hidden = table.columns.filter((column) => !shown.has(column.name));
    change({ hide: hidden.map((column) => column.name).join(',') || undefined });
  };
  return (
    <Popover label={t('report.columns')} icon="columns" text={t('report.columns')}>
      {() => (
        <ul className="choices">
          {table.columns.map(({ name, label }) => (
            <li key={name}>
              <label className="choice-check">
                <input type="checkbox" checked={shown.has(name)} onChange={() => toggle(name)} />
                {word(label)}
              </label>
            </li>
          ))}
        </ul>
      )}
    </Popover>
  );
}
