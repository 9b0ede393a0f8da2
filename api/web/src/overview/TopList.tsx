import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { known, quantity, type Row, segmentOf, topQuery } from '../api/reports';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { narrowed } from '../segments/definition';
import { Bar } from '../ui/Bar';
import { Change } from '../ui/Change';
import { Icon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';
import type { ListKind } from './lists';

const ROWS = 8;
/** The rows of before may be in another order: enough of them to find those of now. */
const ROWS_COMPARED = 100;

/** The first rows of a report: each can become the segment, each number leads to its report. */
export function TopList({ list }: { list: ListKind }) {
  const { t } = useLocale();
  const { site, search, query, compared } = useView();
  const rows = useQuery(topQuery(list.method, query, { filter_limit: ROWS, ...list.parameters }));
  const before = useQuery({
    ...topQuery(list.method, compared ?? query, {
      filter_limit: ROWS_COMPARED,
      ...list.parameters,
    }),
    enabled: compared !== undefined,
  });
  return (
    <Panel
      title={t(`list.${list.id}`)}
      className="top-list"
      tools={
        <Link
          to="/sites/$siteId/reports/$reportId"
          params={{ siteId: site.id, reportId: list.report }}
          search={search}
          className="button-quiet button-small"
          data-testid={`open-${list.id}`}
        >
          {t('list.open')}
          <span className="hidden">: {t(`list.${list.id}`)}</span>
          <Icon name="arrow" />
        </Link>
      }
    >
      <Loaded query={rows} rows={ROWS}>
        {(found) => {
          const shown = found.filter((row) => quantity(row[list.metric]) > 0).slice(0, ROWS);
          return shown.length ? (
            <Rows list={list} rows={shown} before={compared && before.data} />
          ) : (
            <Empty>{t('list.empty')}</Empty>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Rows({ list, rows, before }: { list: ListKind; rows: Row[]; before: Row[] | undefined }) {
  const { t, format, word } = useLocale();
  const { site, search, view, change } = useView();
  const most = Math.max(1, ...rows.map((row) => quantity(row[list.metric])));
  return (
    <ol className="bars bars-tall" data-testid={`list-${list.id}`}>
      {rows.map((row) => {
        const label = String(row.label);
        const segment = segmentOf(row);
        const value = quantity(row[list.metric]);
        const past = before?.find((other) => other.label === row.label);
        const text = list.isWord ? word(label) : label;
        return (
          <li key={label}>
            <Bar share={value / most} />
            {segment ? (
              <button
                type="button"
                className="row-filter truncate"
                title={t('segment.narrow', { value: text })}
                aria-label={t('segment.narrow', { value: text })}
                onClick={() => change({ segment: narrowed(view.segment, segment) })}
              >
                {text}
              </button>
            ) : (
              <span className="truncate" title={text}>
                {text}
              </span>
            )}
            {before && (
              <Change
                metric={list.metric}
                value={value}
                before={past && known(past, list.metric)}
              />
            )}
            <Link
              to="/sites/$siteId/reports/$reportId"
              params={{ siteId: site.id, reportId: list.report }}
              search={search}
              className="row-value"
              data-value={value}
            >
              {format.number(value)}
              <span className="hidden"> {t(`list.${list.id}`)}</span>
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
