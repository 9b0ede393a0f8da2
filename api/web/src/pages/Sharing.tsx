import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { reportsQuery } from '../api/catalogue';
import { revokeShare, type Share, sharesKey, sharesQuery } from '../api/shares';
import { useSite } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { ShareForm } from '../sharing/ShareForm';
import { Confirm } from '../ui/Confirm';
import { Icon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';

const route = getRouteApi('/signed-in/sites/$siteId/sharing');
/** The form with no report chosen. */
const NONE = 'none';

/** Links and widgets by which others see some reports. */
export function Sharing() {
  const { t } = useLocale();
  const shares = useQuery(sharesQuery(useSite().id));
  const { share } = route.useSearch();
  const navigate = route.useNavigate();
  const open = (what: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, share: what }) });
  return (
    <main id="content" className="page stack">
      <PageHead title={t('nav.sharing')}>
        <button
          type="button"
          className="button button-small"
          data-testid="share-new"
          onClick={() => open(NONE)}
        >
          <Icon name="plus" />
          {t('share.new')}
        </button>
      </PageHead>
      <Panel title={t('share.all')} subtitle={t('share.lead')}>
        <Loaded query={shares} rows={3}>
          {(found) =>
            found.length ? (
              <ul className="entries">
                {found.map((entry) => (
                  <ShareEntry key={entry.id} share={entry} />
                ))}
              </ul>
            ) : (
              <Empty>{t('share.none')}</Empty>
            )
          }
        </Loaded>
      </Panel>
      {share && (
        <ShareForm report={share === NONE ? undefined : share} close={() => open(undefined)} />
      )}
    </main>
  );
}

function ShareEntry({ share }: { share: Share }) {
  const { t, word, format } = useLocale();
  const { data: reports = [] } = useQuery(reportsQuery(share.site));
  const revoke = useChange(() => revokeShare(share.id), { stale: [sharesKey] });
  const name = share.description || share.id;
  const names = share.methods.map((method) =>
    word(reports.find((report) => report.method === method)?.name ?? method),
  );
  return (
    <li data-testid="share">
      <div className="entry-text">
        <strong>{name}</strong>
        {share.hasPassword && <span className="badge">{t('share.hasPassword')}</span>}
        <small>{names.join(' · ')}</small>
        <small>
          {share.author} ·{' '}
          {share.expiresAt === undefined
            ? t('share.endless')
            : t('share.until', { at: format.moment(share.expiresAt / 1000) })}
        </small>
      </div>
      <Confirm
        question={t('share.revoke', { name })}
        hint={t('share.revokeHint')}
        label={`${t('state.delete')}: ${name}`}
        mutation={revoke}
      />
    </li>
  );
}
