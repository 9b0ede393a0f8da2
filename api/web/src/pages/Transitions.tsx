import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { suggestedValuesQuery } from '../api/segments';
import { PAGE_NAMES, type PageName, transitionsQuery } from '../api/transitions';
import { useView } from '../frame/context';
import { PageHead } from '../frame/PageHead';
import { useLocale } from '../i18n/locale';
import { Flow } from '../transitions/Flow';
import { Empty, Loaded } from '../ui/states';
import { Select } from '../ui/Select';

const route = getRouteApi('/signed-in/sites/$siteId/transitions');

/** What visitors did before and after a page. */
export function Transitions() {
  const { t } = useLocale();
  const { of, by = 'url' } = route.useSearch();
  return (
    <main id="content" className="page stack">
      <PageHead title={t('nav.transitions')} tools={['segment', 'date']} />
      <PagePicker key={`${by} ${of}`} />
      {of ? (
        <Shown page={of} by={by} />
      ) : (
        <section className="panel">
          <Empty>{t('flow.choose')}</Empty>
        </section>
      )}
    </main>
  );
}

function Shown({ page, by }: { page: string; by: PageName }) {
  const { t } = useLocale();
  const { query } = useView();
  const transitions = useQuery(transitionsQuery(query, by, page));
  return (
    <Loaded query={transitions} rows={10}>
      {(found) =>
        found ? (
          <Flow transitions={found} page={page} by={by} />
        ) : (
          <section className="panel">
            <Empty>{t('flow.unseen')}</Empty>
          </section>
        )
      }
    </Loaded>
  );
}

/** The page that is meant, with those that are viewed most to choose from. */
function PagePicker() {
  const { t } = useLocale();
  const { site } = useView();
  const { of = '', by = 'url' } = route.useSearch();
  const navigate = route.useNavigate();
  const [name, setName] = useState<PageName>(by);
  const [text, setText] = useState(of);
  const { data: known = [] } = useQuery(
    suggestedValuesQuery(site.id, name === 'url' ? 'pageUrl' : 'pageTitle'),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void navigate({
      search: (before) => ({ ...before, of: text, by: name === 'title' ? name : undefined }),
    });
  };
  return (
    <form className="inline-form" onSubmit={submit} data-testid="transitions-form">
      <Select
        label={t('flow.by')}
        value={name}
        options={PAGE_NAMES.map((value) => ({ value, text: t(`flow.by.${value}`) }))}
        onChange={setName}
      />
      <input
        className="input"
        required
        list="known-pages"
        aria-label={t('flow.page')}
        placeholder={t('flow.page')}
        value={text}
        data-testid="transitions-page"
        onChange={({ target }) => setText(target.value)}
      />
      <datalist id="known-pages">
        {known.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      <button className="button-quiet" data-testid="transitions-show">
        {t('flow.show')}
      </button>
    </form>
  );
}
