import { changeOf, FALLS_WELL } from '../api/units';
import { useLocale } from '../i18n/locale';

interface ChangeProps {
  metric: string;
  value: number | undefined;
  before: number | undefined;
  /** The earlier value in words. */
  title?: string;
}

/** By how much a value changed; colour says whether that is good, an arrow says it, too. */
export function Change({ metric, value, before, title }: ChangeProps) {
  const { t, format } = useLocale();
  const change = changeOf(value, before);
  if (change === undefined) return <small className="change">–</small>;
  const way = Math.abs(change) < 0.0005 ? 'same' : change > 0 ? 'up' : 'down';
  const isGood = (way === 'up') !== FALLS_WELL.has(metric);
  return (
    <small
      className="change"
      data-good={way === 'same' ? undefined : isGood}
      title={title && t('compare.before', { value: title })}
    >
      <span aria-hidden="true">{{ up: '▲', down: '▼', same: '=' }[way]}</span>{' '}
      {format.change(change)}
    </small>
  );
}
