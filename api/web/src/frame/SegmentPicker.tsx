import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { savedSegmentsQuery, segmentFieldsQuery } from '../api/segments';
import { useLocale } from '../i18n/locale';
import { describe } from '../segments/definition';
import { Icon } from '../ui/icons';
import { Popover } from '../ui/Popover';
import { useView } from './context';

/** Whose visits are counted: everyone's, or those of a segment. */
export function SegmentPicker() {
  const { t } = useLocale();
  const { site, view, search, change } = useView();
  const { data: saved = [], error } = useQuery(savedSegmentsQuery(site.id));
  const { data: fields = [] } = useQuery({
    ...segmentFieldsQuery(site.id),
    enabled: view.segment !== undefined,
  });
  const current = saved.find(({ definition }) => definition === view.segment);
  const text = !view.segment
    ? t('segment.all')
    : (current?.name ?? describe(view.segment, fields, t));
  return (
    <>
      <Popover
        label={`${t('segment.label')}: ${text}`}
        icon="filter"
        text={text}
        testId="segment-picker"
      >
        {(close) => (
          <>
            <ul className="choices">
              {[{ id: 0, name: t('segment.all'), definition: undefined }, ...saved].map(
                ({ id, name, definition }) => (
                  <li key={id}>
                    <button
                      type="button"
                      aria-pressed={definition === view.segment}
                      onClick={() => {
                        change({ segment: definition });
                        close();
                      }}
                    >
                      {name}
                    </button>
                  </li>
                ),
              )}
            </ul>
            <div className="popover-foot">
              <Link
                to="/sites/$siteId/segments"
                params={{ siteId: site.id }}
                search={{ ...search, edit: 'new' }}
                className="button-quiet"
                onClick={close}
              >
                <Icon name="plus" />
                {t(view.segment && !current ? 'segment.edit' : 'segment.new')}
              </Link>
            </div>
            {error && <p className="popover-note">{t('segment.unavailable')}</p>}
          </>
        )}
      </Popover>
      {view.segment && (
        <button
          type="button"
          className="button-quiet button-icon"
          aria-label={t('segment.clear')}
          data-testid="segment-clear"
          onClick={() => change({ segment: undefined })}
        >
          <Icon name="close" />
        </button>
      )}
    </>
  );
}
