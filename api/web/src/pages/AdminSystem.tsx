import { useQuery } from '@tanstack/react-query';
import { AdminPage } from '../admin/AdminPage';
import { ingestCountsQuery, lagQuery, type PartitionLag, settingsQuery } from '../api/admin';
import { useLocale } from '../i18n/locale';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';

/** How the installation is doing: what waits, what was refused, how it is set. */
export function AdminSystem() {
  const { t, format } = useLocale();
  const lag = useQuery(lagQuery());
  const counts = useQuery(ingestCountsQuery());
  return (
    <AdminPage title={t('admin.system')}>
      <Panel title={t('system.lag')} subtitle={t('system.lagHint')}>
        <Loaded query={lag} rows={4}>
          {(partitions) => <Partitions partitions={partitions} />}
        </Loaded>
      </Panel>
      <Panel title={t('system.hits')} subtitle={t('system.hitsHint')}>
        <Loaded query={counts} rows={2}>
          {(found) =>
            found ? (
              <>
                <dl className="figures figures-many">
                  <div>
                    <dt>{t('system.received')}</dt>
                    <dd>{format.number(found.received)}</dd>
                  </div>
                  <div>
                    <dt>{t('system.accepted')}</dt>
                    <dd>{format.number(found.accepted)}</dd>
                  </div>
                </dl>
                <h3>{t('system.dropped')}</h3>
                {found.dropped.length ? (
                  <dl className="facts">
                    {found.dropped.map(({ reason, count }) => (
                      <div key={reason}>
                        <dt>{reason.replaceAll('_', ' ')}</dt>
                        <dd>{format.number(count)}</dd>
                      </div>
                    ))}
                  </dl>
                ) : (
                  <Empty>{t('system.nothingDropped')}</Empty>
                )}
              </>
            ) : (
              <Empty>{t('system.elsewhere')}</Empty>
            )
          }
        </Loaded>
      </Panel>
      <SettingList />
    </AdminPage>
  );
}

function Partitions({ partitions }: { partitions: PartitionLag[] }) {
  const { t, format } = useLocale();
  const behind = (partition: PartitionLag): number =>
    partition.hits - partition.decided + (partition.events - partition.projected);
  const total = partitions.reduce((sum, partition) => sum + behind(partition), 0);
  return (
    <>
      <p className="guide-state" role="status" data-done={total === 0}>
        {total === 0 ? t('system.caughtUp') : t('system.waiting', { count: format.number(total) })}
      </p>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t('report.table')}>
        <table className="data" data-testid="partitions">
          <thead>
            <tr>
              <th scope="col">{t('system.partition')}</th>
              <th scope="col">{t('system.stored')}</th>
              <th scope="col">{t('system.decided')}</th>
              <th scope="col">{t('system.events')}</th>
              <th scope="col">{t('system.projected')}</th>
              <th scope="col">{t('system.behind')}</th>
              <th scope="col">{t('system.processor')}</th>
              <th scope="col">{t('system.projector')}</th>
            </tr>
          </thead>
          <tbody>
            {partitions.map((partition) => (
              <tr key={partition.partition} data-testid="partition" data-value={partition.hits}>
                <th scope="row">{partition.partition}</th>
                <td>{format.number(partition.hits)}</td>
                <td>{format.number(partition.decided)}</td>
                <td>{format.number(partition.events)}</td>
                <td>{format.number(partition.projected)}</td>
                <td>{format.number(behind(partition))}</td>
                <td data-testid="partition-owner">{partition.processor ?? '–'}</td>
                <td>{partition.projector ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function SettingList() {
  const { t } = useLocale();
  const settings = useQuery(settingsQuery());
  return (
    <Panel title={t('system.settings')}>
      <Loaded query={settings} rows={6}>
        {(found) => (
          <div className="table-scroll" tabIndex={0} role="region" aria-label={t('system.setting')}>
            <table className="data users">
              <thead>
                <tr>
                  <th scope="col">{t('system.setting')}</th>
                  <th scope="col">{t('builder.value')}</th>
                  <th scope="col">{t('system.default')}</th>
                </tr>
              </thead>
              <tbody>
                {found.map(({ name, value, default: usual }) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td className="wrap">{value || '–'}</td>
                    <td className="wrap">{usual || '–'}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </Panel>
  );
}
