import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { AdminPage } from '../admin/AdminPage';
import {
  administeredQuery,
  type DataSubject,
  eraseSubjects,
  exportSubjects,
  findSubjects,
  setDoNotTrack,
  setMasking,
} from '../api/admin';
import { session } from '../api/session';
import { useLocale } from '../i18n/locale';
import { Panel } from '../ui/Panel';
import { saveBlob } from '../ui/save';
import { Sheet } from '../ui/Sheet';
import { Empty, Fault, Loaded } from '../ui/states';

const MASKS = [0, 1, 2, 3, 4] as const;
const SUBJECT_FIELDS = ['visitorId', 'userId', 'visitIp'] as const;

/** What is kept of visitors, and what they may ask for. */
export function AdminPrivacy() {
  const { t } = useLocale();
  return (
    <AdminPage title={t('admin.privacy')}>
      {session.get()?.superuser && <Masking />}
      <Subjects />
    </AdminPage>
  );
}

function Masking() {
  const { t } = useLocale();
  const mask = useMutation({ mutationFn: setMasking });
  const refusal = useMutation({ mutationFn: setDoNotTrack });
  return (
    <Panel title={t('privacy.collected')}>
      <form
        className="inline-form"
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          mask.mutate(Number(new FormData(event.currentTarget).get('bytes')));
        }}
      >
        <label className="field">
          {t('privacy.mask')}
          <select className="select" name="bytes" defaultValue="2">
            {MASKS.map((bytes) => (
              <option key={bytes} value={bytes}>
                {t(`privacy.mask.${bytes}`)}
              </option>
            ))}
          </select>
        </label>
        <button className="button-quiet" disabled={mask.isPending}>
          {t('state.save')}
        </button>
        {mask.isSuccess && <span role="status">{t('state.saved')}</span>}
      </form>
      {mask.error && <Fault error={mask.error} />}
      <div className="inline-form" role="group" aria-label={t('privacy.dnt')}>
        <span>{t('privacy.dnt')}</span>
        <button
          type="button"
          className="button-quiet"
          disabled={refusal.isPending}
          onClick={() => refusal.mutate(true)}
        >
          {t('privacy.honour')}
        </button>
        <button
          type="button"
          className="button-quiet"
          disabled={refusal.isPending}
          onClick={() => refusal.mutate(false)}
        >
          {t('privacy.ignore')}
        </button>
        {refusal.isSuccess && <span role="status">{t('state.saved')}</span>}
      </div>
      {refusal.error && <Fault error={refusal.error} />}
    </Panel>
  );
}

/** Finds what is stored of one person, hands it out, erases it. */
function Subjects() {
  const { t } = useLocale();
  const sites = useQuery(administeredQuery());
  const find = useMutation({
    mutationFn: (form: FormData) =>
      findSubjects(
        Number(form.get('site')),
        `${String(form.get('field'))}==${encodeURIComponent(String(form.get('value')))}`,
      ),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    find.mutate(new FormData(event.currentTarget));
  };
  return (
    <Panel title={t('subject.title')}>
      <p className="note">{t('subject.lead')}</p>
      <Loaded query={sites} rows={2}>
        {(found) => (
          <form className="inline-form" onSubmit={submit} data-testid="subject-form">
            <select className="select" name="site" aria-label={t('users.site')}>
              {found.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
            <select className="select" name="field" aria-label={t('builder.field')}>
              {SUBJECT_FIELDS.map((field) => (
                <option key={field} value={field}>
                  {t(`subject.${field}`)}
                </option>
              ))}
            </select>
            <input
              className="input"
              name="value"
              required
              aria-label={t('builder.value')}
              placeholder={t('builder.value')}
              data-testid="subject-value"
            />
            <button className="button-quiet" data-testid="subject-find" disabled={find.isPending}>
              {t('subject.find')}
            </button>
          </form>
        )}
      </Loaded>
      {find.error && <Fault error={find.error} />}
      {find.data && <Found subjects={find.data} again={find.reset} />}
    </Panel>
  );
}

function Found({ subjects, again }: { subjects: DataSubject[]; again: () => void }) {
  const { t, tn } = useLocale();
  const [isErasing, setErasing] = useState(false);
  const download = useMutation({
    mutationFn: () => exportSubjects(subjects),
    onSuccess: (body) =>
      saveBlob(
        new Blob([JSON.stringify(body, null, 2)], { type: 'application/json' }),
        'visits.json',
      ),
  });
  const erase = useMutation({ mutationFn: () => eraseSubjects(subjects) });
  if (erase.isSuccess) {
    return (
      <p role="status" className="guide-state" data-done data-testid="erased">
        {tn('subject.erased', subjects.length)}{' '}
        <button type="button" className="link" onClick={again}>
          {t('subject.again')}
        </button>
      </p>
    );
  }
  if (!subjects.length) return <Empty>{t('subject.none')}</Empty>;
  return (
    <>
      <Entries subjects={subjects} />
      {download.error && <Fault error={download.error} />}
      <div className="form-foot">
        <button type="button" className="button-quiet" onClick={() => download.mutate()}>
          {t('subject.export')}
        </button>
        <button
          type="button"
          className="button-quiet button-danger"
          data-testid="subject-erase"
          onClick={() => setErasing(true)}
        >
          {t('subject.erase')}
        </button>
      </div>
      {isErasing && (
        <Sheet
          title={tn('subject.ask', subjects.length)}
          hint={t('subject.askHint')}
          close={() => setErasing(false)}
        >
          {erase.error && <Fault error={erase.error} />}
          <div className="form-foot">
            <button
              type="button"
              className="button-quiet button-danger"
              data-testid="confirm"
              disabled={erase.isPending}
              onClick={() => erase.mutate()}
            >
              {t('subject.erase')}
            </button>
          </div>
        </Sheet>
      )}
    </>
  );
}

function Entries({ subjects }: { subjects: DataSubject[] }) {
  return (
    <ul className="entries" data-testid="subjects">
      {subjects.map(({ visit, visitorId, userId, address, at }) => (
        <li key={visit}>
          <div className="entry-text">
            <strong>{userId || visitorId}</strong>
            <small>
              {at} · {address}
            </small>
          </div>
        </li>
      ))}
    </ul>
  );
}
