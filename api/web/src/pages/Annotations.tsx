import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AnnotationForm } from '../annotations/AnnotationForm';
import { AnnotationList } from '../annotations/AnnotationList';
import { annotationsQuery } from '../api/annotations';
import { useSite } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { Panel } from '../ui/Panel';
import { Empty, Loaded } from '../ui/states';

const SHOWN_MAX = 500;

/** What happened when, as people noted it. */
export function Annotations() {
  const { t } = useLocale();
  const annotations = useQuery(annotationsQuery(useSite().id));
  const [isNew, setNew] = useState(false);
  return (
    <main id="content" className="page stack">
      <PageHead title={t('nav.annotations')}>
        <button
          type="button"
          className="button button-small"
          data-testid="annotation-new"
          onClick={() => setNew(true)}
        >
          <Icon name="plus" />
          {t('note.new')}
        </button>
      </PageHead>
      <Panel title={t('note.all')} subtitle={t('note.hint')}>
        <Loaded query={annotations} rows={4}>
          {(found) =>
            found.length ? (
              <AnnotationList annotations={found.slice(0, SHOWN_MAX)} />
            ) : (
              <Empty>{t('note.none')}</Empty>
            )
          }
        </Loaded>
      </Panel>
      {isNew && <AnnotationForm annotation={undefined} close={() => setNew(false)} />}
    </main>
  );
}
