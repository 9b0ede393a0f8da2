import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  deleteScheduled,
  previewScheduled,
  scheduledKey,
  scheduledQuery,
  type ScheduledReport,
  sendScheduled,
} from '../api/scheduled';
import { useSite } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { ScheduledForm } from '../sharing/ScheduledForm';
import { Confirm } from '../ui/Confirm';
import { Icon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { saveBlob } from '../ui/save';
import { Empty, Fault, Loaded } from '../ui/states';
import { useChange } from '../ui/useChange';

/** Reports that come by e-mail. */
export function Scheduled() {
  const { t } = useLocale();
  const reports = useQuery(scheduledQuery(useSite().id));
  const [edited, setEdited] = useState<ScheduledReport | 'new'>();
  return (
    <main id="content" className="page stack">
      <PageHead title={t('nav.scheduled')}>
        <button
          type="button"
          className="button button-small"
          data-testid="scheduled-new"
          onClick={() => setEdited('new')}
        >
          <Icon name="plus" />
          {t('scheduled.new')}
        </button>
      </PageHead>
      <Panel title={t('scheduled.all')} subtitle={t('scheduled.lead')}>
        <Loaded query={reports} rows={3}>
          {(found) =>
            found.length ? (
              <ul className="entries">
                {found.map((report) => (
                  <Entry key={report.id} report={report} edit={() => setEdited(report)} />
                ))}
              </ul>
            ) : (
              <Empty>{t('scheduled.none')}</Empty>
            )
          }
        </Loaded>
      </Panel>
      {edited && (
        <ScheduledForm
          report={edited === 'new' ? undefined : edited}
          close={() => setEdited(undefined)}
        />
      )}
    </main>
  );
}

function Entry({ report, edit }: { report: ScheduledReport; edit: () => void }) {
  const { t, tn } = useLocale();
  const site = useSite();
  const stale = [scheduledKey(site.id)];
  const remove = useChange(() => deleteScheduled(report.id), { stale });
  const send = useChange(() => sendScheduled(report.id), { stale });
  const preview = useMutation({
    mutationFn: async () =>
      saveBlob(await previewScheduled(report), `${report.description}.${report.format}`),
  });
  const { description, schedule, hour, recipients } = report;
  const fault = send.error ?? preview.error;
  return (
    <li data-testid="scheduled">
      <div className="entry-text">
        <strong>{description}</strong>
        <small>
          {t(`scheduled.when.${schedule}`)}
          {schedule !== 'never' && ` · ${t('trend.hour', { hour })}`} ·{' '}
          {tn('choice.count', report.reports.length)}
          {recipients.length > 0 && ` · ${recipients.join(', ')}`}
        </small>
        <small>{t('scheduled.sent', { at: report.sentAt ?? t('token.never') })}</small>
      </div>
      <div className="tools">
        <button
          type="button"
          className="button-quiet button-small"
          data-testid="scheduled-preview"
          disabled={preview.isPending}
          onClick={() => preview.mutate()}
        >
          {t('scheduled.preview')}
        </button>
        <button
          type="button"
          className="button-quiet button-small"
          disabled={send.isPending}
          onClick={() => send.mutate()}
        >
          {t('scheduled.send')}
        </button>
        <button
          type="button"
          className="button-icon"
          aria-label={`${t('state.edit')}: ${description}`}
          onClick={edit}
        >
          <Icon name="edit" />
        </button>
        <Confirm
          question={t('scheduled.delete', { name: description })}
          label={`${t('state.delete')}: ${description}`}
          mutation={remove}
        />
      </div>
      {fault && <Fault error={fault} />}
    </li>
  );
}
