import { useQuery } from '@tanstack/react-query';
import { sitesQuery } from '../api/reports';
import { savedSegmentsQuery } from '../api/segments';
import { useLocale } from '../i18n/locale';
import { Popover } from '../ui/Popover';
import { useView } from './context';

/** What the numbers are held against: another time, another segment, another site. */
export function ComparePicker() {
  const { t } = useLocale();
  const { site, view, change } = useView();
  const { data: sites = [] } = useQuery(sitesQuery());
  const { data: segments = [] } = useQuery(savedSegmentsQuery(site.id));
  const groups = [
    {
      title: t('compare.time'),
      choices: [
        { vs: 'previous', text: t('compare.previous') },
        { vs: 'year', text: t('compare.year') },
      ],
    },
    {
      title: t('compare.segments'),
      choices: segments
        .filter(({ definition }) => definition !== view.segment)
        .map(({ definition, name }) => ({ vs: `segment:${definition}`, text: name })),
    },
    {
      title: t('compare.sites'),
      choices: sites
        .filter(({ id }) => id !== site.id)
        .map(({ id, name }) => ({ vs: `site:${id}`, text: name })),
    },
  ].filter(({ choices }) => choices.length > 0);
  const chosen = groups.flatMap(({ choices }) => choices).find(({ vs }) => vs === view.vs);
  const text = view.vs ? (chosen?.text ?? t('compare.other')) : t('compare.none');
  return (
    <Popover label={`${t('compare.label')}: ${text}`} icon="compare" text={text} testId="compare">
      {(close) => {
        const choose = (vs: string | undefined) => () => {
          change({ vs });
          close();
        };
        return (
          <>
            <ul className="choices">
              <li>
                <button type="button" aria-pressed={!view.vs} onClick={choose(undefined)}>
                  {t('compare.none')}
                </button>
              </li>
            </ul>
            {groups.map(({ title, choices }) => (
              <section key={title} aria-label={title}>
                <h3 className="choices-title">{title}</h3>
                <ul className="choices">
                  {choices.map(({ vs, text: name }) => (
                    <li key={vs}>
                      <button
                        type="button"
                        aria-pressed={vs === view.vs}
                        data-testid={`compare-${vs}`}
                        onClick={choose(vs)}
                      >
                        {name}
                      </button>
                    </li>
                  ))}
                </ul>
              </section>
            ))}
          </>
        );
      }}
    </Popover>
  );
}
