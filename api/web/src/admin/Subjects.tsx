import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { administeredQuery, type SiteSettings } from '../api/admin';
import {
  eraseSubject,
  exportSubject,
  findSubject,
  type Receipt,
  type Subject,
  type SubjectVisit,
} from '../api/privacy';
import { useLocale } from '../i18n/locale';
import { Code } from '../ui/Code';
import { ChoiceField, TextField } from '../ui/Field';
import { Form, SheetForm } from '../ui/Form';
import { Panel } from '../ui/Panel';
import { saveBlob } from '../ui/save';
import { Empty, Fault, Loaded } from '../ui/states';
import { useDraft } from '../ui/useDraft';

const FIELDS = ['visitorId', 'userId', 'visitIp', 'segment'] as const;
type Field = (typeof FIELDS)[number];

/** Finds what is stored of one person, hands it out, erases it. */
export function Subjects() {
  const { t } = useLocale();
  const sites = useQuery(administeredQuery());
  return (
    <Panel title={t('subject.title')} subtitle={t('subject.lead')}>
      <Loaded query={sites} rows={2}>
        {(found) => (found.length ? <Search sites={found} /> : <Empty>{t('admin.noSites')}</Empty>)}
      </Loaded>
    </Panel>
  );
}

function Search({ sites }: { sites: SiteSettings[] }) {
  const { t } = useLocale();
  const [draft, set] = useDraft({
    site: String(sites[0]?.id),
    field: 'visitorId' as Field,
    value: '',
  });
  const find = useMutation({
    mutationFn: async () => {
      const value = draft.value.trim();
      const isSegment = draft.field === 'segment';
      const segment = isSegment ? value : `${draft.field}==${encodeURIComponent(value)}`;
      const subject = { site: Number(draft.site), segment };
      return { subject, visits: await findSubject(subject) };
    },
  });
  return (
    <>
      <Form name="subject" change={find} submit={t('subject.find')} isInline>
        <ChoiceField
          label={t('users.site')}
          value={draft.site}
          options={sites.map(({ id, name }) => ({ value: String(id), text: name }))}
          onChoose={(site) => set({ site })}
        />
        <ChoiceField
          label={t('subject.by')}
          value={draft.field}
          options={FIELDS.map((value) => ({ value, text: t(`subject.${value}`) }))}
          onChoose={(field) => set({ field })}
        />
        <TextField
          label={t('builder.value')}
          required
          value={draft.value}
          testId="subject-value"
          onText={(value) => set({ value })}
        />
      </Form>
      {find.data && <Found key={find.submittedAt} {...find.data} again={find.reset} />}
    </>
  );
}

interface FoundProps {
  subject: Subject;
  visits: SubjectVisit[];
  again: () => void;
}

function Found({ subject, visits, again }: FoundProps) {
  const { t, tn } = useLocale();
  const [isErasing, setErasing] = useState(false);
  const download = useMutation({
    mutationFn: () => exportSubject(subject),
    onSuccess: (body) =>
      saveBlob(
        new Blob([JSON.stringify(body, null, 2)], { type: 'application/json' }),
        'visits.json',
      ),
  });
  const erase = useMutation({ mutationFn: () => eraseSubject(subject) });
  if (erase.data) return <Erased receipt={erase.data} again={again} />;
  if (!visits.length) return <Empty>{t('subject.none')}</Empty>;
  return (
    <>
      <Visits visits={visits} />
      {download.error && <Fault error={download.error} />}
      <div className="form-foot">
        <button
          type="button"
          className="button-quiet"
          data-testid="subject-export"
          onClick={() => download.mutate()}
        >
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
        <SheetForm
          name="erasure"
          title={tn('subject.ask', visits.length)}
          change={erase}
          submit={t('subject.erase')}
          isDangerous
          close={() => setErasing(false)}
        >
          <p className="note">{t('subject.askHint')}</p>
        </SheetForm>
      )}
    </>
  );
}

function Visits({ visits }: { visits: SubjectVisit[] }) {
  const { t, format } = useLocale();
  return (
    <ul className="entries" aria-label={t('subject.title')} data-testid="subjects">
      {visits.map(({ id, visitor, userId, address, firstAt, lastAt }) => (
        <li key={id}>
          <div className="entry-text">
            <strong>{userId || visitor}</strong>
            <small>
              {format.moment(firstAt)} – {format.moment(lastAt)} · {address || '–'}
            </small>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** What is gone, and the proof of it: it is shown once. */
function Erased({ receipt, again }: { receipt: Receipt; again: () => void }) {
  const { t, tn, format } = useLocale();
  return (
    <>
      <p role="status" className="guide-state" data-done data-testid="erased">
        {tn('subject.erased', receipt.visits)}{' '}
        <button type="button" className="link" onClick={again}>
          {t('subject.again')}
        </button>
      </p>
      <dl className="facts">
        {receipt.rows.map(({ table, count }) => (
          <div key={table}>
            <dt>{table}</dt>
            <dd>{format.number(count)}</dd>
          </div>
        ))}
      </dl>
      <p className="note">{t('subject.receipt')}</p>
      <Code text={receipt.receipt} testId="receipt" />
    </>
  );
}
