import type { Unit } from '../api/catalogue';
import { known, type Row } from '../api/reports';
import { written } from '../api/units';
import { useSite } from '../frame/context';
import type { MessageKey } from '../i18n/en';
import { useLocale } from '../i18n/locale';
import { Change } from '../ui/Change';

interface Shown {
  name: string;
  label: MessageKey;
  unit: Unit;
}

const OF_GOALS: readonly Shown[] = [
  { name: 'nb_conversions', label: 'figure.nb_conversions', unit: 'number' },
  { name: 'nb_visits_converted', label: 'goal.visits', unit: 'number' },
  { name: 'conversion_rate', label: 'goal.rate', unit: 'percent' },
  { name: 'revenue', label: 'figure.revenue', unit: 'money' },
];

export const OF_ORDERS: readonly Shown[] = [
  { name: 'nb_conversions', label: 'shop.orders', unit: 'number' },
  { name: 'revenue', label: 'figure.revenue', unit: 'money' },
  { name: 'avg_order_revenue', label: 'shop.average', unit: 'money' },
  { name: 'items', label: 'shop.items', unit: 'number' },
  { name: 'conversion_rate', label: 'goal.rate', unit: 'percent' },
];

export const OF_CARTS: readonly Shown[] = [
  { name: 'nb_conversions', label: 'shop.carts', unit: 'number' },
  { name: 'revenue', label: 'shop.left', unit: 'money' },
  { name: 'items', label: 'shop.items', unit: 'number' },
];

interface GoalFiguresProps {
  figures: Row;
  before: Row | undefined;
  shown?: readonly Shown[];
}

export function GoalFigures({ figures, before, shown = OF_GOALS }: GoalFiguresProps) {
  const { t, format } = useLocale();
  const site = useSite();
  return (
    <dl className="figures figures-many">
      {shown.map(({ name, label, unit }) => {
        const value = known(figures, name) ?? 0;
        const text = (number: number) => written(number, unit, format, site.currency);
        const past = before && known(before, name);
        return (
          <div key={name}>
            <dt>{t(label)}</dt>
            <dd data-metric={name} data-value={value}>
              {text(value)}
              {before && (
                <Change
                  metric={name}
                  value={value}
                  before={past}
                  title={past === undefined ? undefined : text(past)}
                />
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
