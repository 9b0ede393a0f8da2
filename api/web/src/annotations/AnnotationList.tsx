import { useState } from 'react';
import { type Annotation, annotationsKey, deleteAnnotation } from '../api/annotations';
import { useSite } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Confirm } from '../ui/Confirm';
import { Icon } from '../ui/icons';
import { useChange } from '../ui/useChange';
import { AnnotationForm } from './AnnotationForm';

/** Notes by day, for those who wrote them to change. */
export function AnnotationList({ annotations }: { annotations: Annotation[] }) {
  const [edited, setEdited] = useState<Annotation>();
  return (
    <>
      <ul className="entries" data-testid="annotations">
        {annotations.map((annotation) => (
          <Entry key={annotation.id} annotation={annotation} edit={() => setEdited(annotation)} />
        ))}
      </ul>
      {edited && <AnnotationForm annotation={edited} close={() => setEdited(undefined)} />}
    </>
  );
}

function Entry({ annotation, edit }: { annotation: Annotation; edit: () => void }) {
  const { t, format } = useLocale();
  const site = useSite();
  const remove = useChange(() => deleteAnnotation(site.id, annotation.id), {
    stale: [annotationsKey(site.id)],
  });
  const { day, note, isStarred, author, mayChange } = annotation;
  return (
    <li data-testid="annotation">
      <div className="entry-text">
        <strong>{note}</strong>
        {isStarred && <span className="badge">{t('note.isStarred')}</span>}
        <small>
          <time dateTime={day}>{format.day(day, 'full')}</time> · {author}
        </small>
      </div>
      {mayChange && (
        <div className="tools">
          <button
            type="button"
            className="button-icon"
            aria-label={`${t('state.edit')}: ${note}`}
            onClick={edit}
          >
            <Icon name="edit" />
          </button>
          <Confirm
            question={t('note.delete', { note })}
            label={`${t('state.delete')}: ${note}`}
            mutation={remove}
          />
        </div>
      )}
    </li>
  );
}
