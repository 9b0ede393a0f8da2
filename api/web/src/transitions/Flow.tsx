import { Link } from '@tanstack/react-router';
import {
  type PageName,
  type Transitions,
  type Way,
  type WayKind,
  WAYS_AFTER,
  WAYS_BEFORE,
} from '../api/transitions';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Bar } from '../ui/Bar';
import { Panel } from '../ui/Panel';

interface FlowProps {
  transitions: Transitions;
  page: string;
  by: PageName;
}

/** From left to right: before the page, the page, after it. */
export function Flow({ transitions, page, by }: FlowProps) {
  const { t, word } = useLocale();
  const { views, ways, referrers } = transitions;
  const list = (kind: WayKind) => (
    <Ways
      key={kind}
      title={t(`flow.${kind}`)}
      ways={ways[kind]}
      of={views}
      by={/Pages$/.test(kind) ? by : undefined}
    />
  );
  const named = referrers.map((way) => ({ ...way, label: word(way.label) }));
  return (
    <div className="flow" data-testid="flow">
      <Panel title={t('flow.before')}>
        <Ways title={t('flow.referrers')} ways={named} of={views} by={undefined} />
        {WAYS_BEFORE.map(list)}
      </Panel>
      <Panel title={t('flow.here')} className="flow-here">
        <p className="note">{page}</p>
        <Figures transitions={transitions} />
      </Panel>
      <Panel title={t('flow.after')}>{WAYS_AFTER.map(list)}</Panel>
    </div>
  );
}

function Figures({ transitions }: { transitions: Transitions }) {
  const { t, format } = useLocale();
  const { views, entries, exits, loops } = transitions;
  const figures = [
    { name: 'pageviews', count: views },
    { name: 'entries', count: entries },
    { name: 'loops', count: loops },
    { name: 'exits', count: exits },
  ] as const;
  return (
    <dl className="facts">
      {figures.map(({ name, count }) => (
        <div key={name}>
          <dt>{t(`flow.${name}`)}</dt>
          <dd data-testid={`flow-${name}`} data-value={count}>
            {format.number(count)}
            {views > 0 && name !== 'pageviews' && <small>{format.percent(count / views)}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface WaysProps {
  title: string;
  ways: Way[];
  /** Views of the page. */
  of: number;
  /** How pages are named, when the ways are pages. */
  by: PageName | undefined;
}

function Ways({ title, ways, of, by }: WaysProps) {
  const { t, format, word } = useLocale();
  return (
    <section className="flow-ways" aria-label={title}>
      <h3>{title}</h3>
      {ways.length ? (
        <ol className="bars">
          {ways.map((way) => (
            <li key={way.label}>
              <Bar share={of ? Math.min(1, way.count / of) : 0} />
              {by && !way.isRest ? (
                <PageLink label={way.label} by={by} />
              ) : (
                <span className="truncate" title={way.label}>
                  {way.isRest ? word(way.label) : way.label}
                </span>
              )}
              <b data-value={way.count}>{format.number(way.count)}</b>
            </li>
          ))}
        </ol>
      ) : (
        <p className="note">{t('flow.nothing')}</p>
      )}
    </section>
  );
}

function PageLink({ label, by }: { label: string; by: PageName }) {
  const { t } = useLocale();
  const { site, search } = useView();
  return (
    <Link
      to="/sites/$siteId/transitions"
      params={{ siteId: site.id }}
      search={{ ...search, of: label, by: by === 'title' ? by : undefined }}
      className="row-filter truncate"
      title={t('flow.of', { label })}
      aria-label={t('flow.of', { label })}
    >
      {label}
    </Link>
  );
}
