import * as ToggleGroup from '@radix-ui/react-toggle-group';
import { getRouteApi } from '@tanstack/react-router';
import { overviewSearch, type Range, RANGES } from '../api/range';
import { useLocale } from '../i18n/locale';

const route = getRouteApi('/signed-in/sites/$siteId');

/** The span of time that the lists below it are for. */
export function RangePicker({ range }: { range: Range }) {
  const { t } = useLocale();
  const navigate = route.useNavigate();
  const choose = (next: string): void => {
    if (next) void navigate({ search: overviewSearch({ range: next }), resetScroll: false });
  };
  return (
    <ToggleGroup.Root
      type="single"
      className="range"
      value={range}
      onValueChange={choose}
      aria-label={t('range.label')}
    >
      {RANGES.map((known) => (
        <ToggleGroup.Item key={known} value={known} data-testid={`range-${known}`}>
          {t(`range.${known}`)}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
