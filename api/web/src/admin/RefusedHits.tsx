import { useQuery } from '@tanstack/react-query';
import { refusedQuery } from '../api/privacy';
import { useSite } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';

/** What a site sent that was not recorded, by reason. */
export function RefusedHits() {
  const { t, format } = useLocale();
  const site = useSite();
  const refused = useQuery(refusedQuery(site.id));
  return (
    <Panel title={t('refused.title')} subtitle={t('refused.hint')}>
      <Loaded query={refused} rows={2}>
        {(found) =>
          found.length ? (
            <dl className="facts" data-testid="refused">
              {found.map(({ reason, count }) => (
                <div key={reason}>
                  <dt>{reason.replaceAll('_', ' ')}</dt>
                  <dd data-reason={reason} data-value={count}>
                    {format.number(count)}
                  </dd>
                </div>
              ))}
            </dl>
          ) : (
            <Empty>{t('refused.none')}</Empty>
          )
        }
      </Loaded>
    </Panel>
  );
}
