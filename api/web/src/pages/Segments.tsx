import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import {
  deleteSegment,
  type SavedSegment,
  savedSegmentsQuery,
  segmentFieldsQuery,
} from '../api/segments';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { describe } from '../segments/definition';
import { SegmentForm } from '../segments/SegmentForm';
import { Confirm } from '../ui/Confirm';
import { Icon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';

const route = getRouteApi('/signed-in/sites/$siteId/segments');

/** Segments with a name, and the making of new ones. */
export function Segments() {
  const { t } = useLocale();
  const { site } = useView();
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const saved = useQuery(savedSegmentsQuery(site.id));
  const open = (what: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, edit: what }) });
  return (
    <main id="content" className="page stack">
      <PageHead title={t('nav.segments')} tools={['segment', 'date']}>
        {!edit && (
          <button
            type="button"
            className="button button-small"
            data-testid="segment-new"
            onClick={() => open('new')}
          >
            <Icon name="plus" />
            {t('segment.new')}
          </button>
        )}
      </PageHead>
      {edit && (edit === 'new' || saved.data) && (
        <SegmentForm
          key={edit}
          saved={saved.data?.find(({ id }) => String(id) === edit)}
          close={() => open(undefined)}
        />
      )}
      <Panel title={t('segments.saved')}>
        <Loaded query={saved} rows={4}>
          {(found) =>
            found.length ? (
              <ul className="entries">
                {found.map((segment) => (
                  <SegmentEntry key={segment.id} segment={segment} />
                ))}
              </ul>
            ) : (
              <Empty>{t('segments.none')}</Empty>
            )
          }
        </Loaded>
      </Panel>
    </main>
  );
}

function SegmentEntry({ segment }: { segment: SavedSegment }) {
  const { t } = useLocale();
  const { site, search, view, change } = useView();
  const { data: fields = [] } = useQuery(segmentFieldsQuery(site.id));
  const remove = useChange(() => deleteSegment(segment.id), { stale: [['segments', site.id]] });
  const isCurrent = view.segment === segment.definition;
  return (
    <li data-testid="segment-entry">
      <div className="entry-text">
        <strong>{segment.name}</strong>
        {segment.isShared && <span className="badge">{t('segments.shared')}</span>}
        <small>{describe(segment.definition, fields, t)}</small>
      </div>
      <div className="tools">
        <button
          type="button"
          className="button-quiet button-small"
          aria-pressed={isCurrent}
          onClick={() => change({ segment: isCurrent ? undefined : segment.definition })}
        >
          {t(isCurrent ? 'segment.clear' : 'builder.apply')}
        </button>
        <Link
          to="/sites/$siteId/segments"
          params={{ siteId: site.id }}
          search={{ ...search, edit: String(segment.id) }}
          className="button-icon"
          aria-label={`${t('state.edit')}: ${segment.name}`}
        >
          <Icon name="edit" />
        </Link>
        <Confirm
          question={t('segments.delete', { name: segment.name })}
          label={`${t('state.delete')}: ${segment.name}`}
          mutation={remove}
        />
      </div>
    </li>
  );
}
