import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Report } from '../api/catalogue';
import { evolutionQuery, heldAgainst } from '../api/table';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Select } from '../ui/Select';
import { Sheet } from '../ui/Sheet';
import { Loaded } from '../ui/states';
import { EvolutionChart } from './EvolutionChart';
import { stepsAround, stepsCompared } from './steps';
import { useReportSearch } from './TableReport';

/** One row over time. */
export function RowEvolution({ report, row }: { report: Report; row: string }) {
  const { t, word } = useLocale();
  const { query, compared, view, span, today } = useView();
  const [search, change] = useReportSearch();
  const metrics = Object.entries(report.metrics);
  const [metric, setMetric] = useState(metrics[0]?.[0] ?? 'nb_visits');
  const dates = stepsAround(view, span, today);
  const asked = { ...dates, metric, label: row, isFlat: search.flat === 1 };
  const evolution = useQuery(evolutionQuery(report, query, asked));
  const held = compared ?? query;
  const before = useQuery({
    ...evolutionQuery(report, held, { ...asked, ...stepsCompared(held, today) }),
    enabled: compared !== undefined,
  });
  const label = row.split(' > ').map(decodeURIComponent).join(' › ');
  return (
    <Sheet title={label} hint={t('report.evolution')} wide close={() => change({ row: undefined })}>
      <div data-testid="evolution">
        <Select
          label={t('report.metric')}
          value={metric}
          options={metrics.map(([name, text]) => ({ value: name, text: word(text) }))}
          onChange={setMetric}
        />
        <div className="chart">
          <Loaded query={evolution} rows={5}>
            {(found) => (
              <EvolutionChart
                evolution={heldAgainst(found, compared && before.data, t('compare.earlier'))}
                unit={report.units[metric]}
                period={dates.period}
              />
            )}
          </Loaded>
        </div>
      </div>
    </Sheet>
  );
}
