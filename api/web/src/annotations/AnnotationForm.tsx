import {
  addAnnotation,
  type Annotation,
  type AnnotationDraft,
  annotationsKey,
  saveAnnotation,
} from '../api/annotations';
import { useView } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { CheckField, TextField } from '../ui/Field';
import { SheetForm } from '../ui/Form';
import { useChange } from '../ui/useChange';
import { useDraft } from '../ui/useDraft';

const NOTE_MAX = 255;

interface AnnotationFormProps {
  /** What is edited; nothing for a new one. */
  annotation: Annotation | undefined;
  close: () => void;
}

/** A note in the making. */
export function AnnotationForm({ annotation, close }: AnnotationFormProps) {
  const { t } = useLocale();
  const { site, span, today } = useView();
  const last = span.to < today ? span.to : today;
  const [draft, set] = useDraft<AnnotationDraft>(
    annotation ?? { day: last, note: '', isStarred: false },
  );
  const store = useChange(
    () =>
      annotation ? saveAnnotation(site.id, annotation.id, draft) : addAnnotation(site.id, draft),
    { stale: [annotationsKey(site.id)], then: close },
  );
  return (
    <SheetForm
      name="annotation"
      title={t(annotation ? 'note.edit' : 'note.new')}
      change={store}
      close={close}
    >
      <TextField
        label={t('note.day')}
        type="date"
        required
        value={draft.day}
        testId="annotation-day"
        onText={(day) => set({ day })}
      />
      <TextField
        label={t('note.text')}
        required
        maxLength={NOTE_MAX}
        value={draft.note}
        testId="annotation-note"
        onText={(note) => set({ note })}
      />
      <CheckField
        label={t('note.starred')}
        checked={draft.isStarred}
        onCheck={(isStarred) => set({ isStarred })}
      />
    </SheetForm>
  );
}
