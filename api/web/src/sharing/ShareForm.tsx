import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Report, reportsQuery } from '../api/catalogue';
import { addShare, type ShareDraft, sharesKey } from '../api/shares';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { ReportChoice } from '../reports/ReportChoice';
import { Code } from '../ui/Code';
import { TextField } from '../ui/Field';
import { SheetForm } from '../ui/Form';
import { Sheet } from '../ui/Sheet';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';
import { embedCode, sharedAddress } from './addresses';

const DAYS_MAX = 36_600;
const DESCRIPTION_MAX = 200;

/** What a method tells by itself can be shared; reports of one goal are the same method as others. */
const isShareable = ({ parameters }: Report): boolean => Object.keys(parameters).length === 0;

/** A link in the making, then the link: its secret is told only once. */
export function ShareForm({ report, close }: { report: string | undefined; close: () => void }) {
  const { t } = useLocale();
  const { site } = useView();
  const { data: reports = [] } = useQuery(reportsQuery(site.id));
  const [chosen, setChosen] = useState(report ? [report] : []);
  const [draft, set] = useDraft<Omit<ShareDraft, 'methods'>>({
    description: '',
    password: '',
    days: '',
  });
  const methods = [
    ...new Set(
      reports.filter(({ uniqueId }) => chosen.includes(uniqueId)).map(({ method }) => method),
    ),
  ];
  const store = useChange(() => addShare(site.id, { ...draft, methods }), { stale: [sharesKey] });
  if (store.data) return <Made secret={store.data} close={close} />;
  return (
    <SheetForm
      name="share"
      title={t('share.new')}
      hint={t('share.hint')}
      change={store}
      close={close}
      isComplete={methods.length > 0}
    >
      <TextField
        label={t('share.description')}
        required
        maxLength={DESCRIPTION_MAX}
        value={draft.description}
        testId="share-description"
        onText={(description) => set({ description })}
      />
      <ReportChoice chosen={chosen} onChoose={setChosen} fits={isShareable} />
      <div className="field-pair">
        <TextField
          label={t('share.days')}
          type="number"
          min={1}
          max={DAYS_MAX}
          value={draft.days}
          onText={(days) => set({ days })}
        />
        <TextField
          label={t('share.password')}
          type="password"
          autoComplete="new-password"
          value={draft.password}
          testId="share-password"
          onText={(password) => set({ password })}
        />
      </div>
    </SheetForm>
  );
}

function Made({ secret, close }: { secret: string; close: () => void }) {
  const { t } = useLocale();
  const { view } = useView();
  return (
    <Sheet title={t('share.made')} hint={t('share.madeHint')} close={close}>
      <div className="form">
        <h3>{t('share.link')}</h3>
        <Code text={sharedAddress(location.origin, secret, view)} testId="share-link" />
        <h3>{t('share.embed')}</h3>
        <p className="note">{t('share.embedHint')}</p>
        <Code text={embedCode(location.origin, secret, view)} testId="share-embed" />
        <div className="form-foot">
          <button type="button" className="button" data-testid="share-done" onClick={close}>
            {t('state.close')}
          </button>
        </div>
      </div>
    </Sheet>
  );
}
