import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { groupedReports, type Report, reportsQuery } from '../api/catalogue';
import { useSite } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { Loaded } from '../ui/states';

interface ReportChoiceProps {
  /** Unique names of those that are chosen. */
  chosen: string[];
  onChoose: (chosen: string[]) => void;
  /** Which reports may be. */
  fits?: (report: Report) => boolean;
}

const toggled = (chosen: string[], id: string): string[] =>
  chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];

/** Some of the reports of the catalogue. */
export function ReportChoice({ chosen, onChoose, fits = () => true }: ReportChoiceProps) {
  const { t, tn, word } = useLocale();
  const [find, setFind] = useState('');
  const reports = useQuery(reportsQuery(useSite().id));
  const isFound = ({ name }: Report): boolean =>
    word(name).toLowerCase().includes(find.toLowerCase());
  return (
    <fieldset className="fields report-choice">
      <legend>{t('choice.title')}</legend>
      <p className="note" role="status">
        {tn('choice.count', chosen.length)}
      </p>
      <label className="search">
        <Icon name="search" />
        <span className="hidden">{t('choice.find')}</span>
        <input
          type="search"
          value={find}
          placeholder={t('choice.find')}
          data-testid="choice-find"
          onChange={({ target }) => setFind(target.value)}
        />
      </label>
      <Loaded query={reports} rows={5}>
        {(all) => (
          <div className="report-choices" tabIndex={0} role="group" aria-label={t('choice.title')}>
            {groupedReports(all.filter(fits).filter(isFound)).map(
              ({ category, reports: listed }) => (
                <section key={category} aria-label={word(category)}>
                  <h3 className="choices-title">{word(category)}</h3>
                  {listed.map(({ uniqueId, name }) => (
                    <label key={uniqueId} className="check">
                      <input
                        type="checkbox"
                        checked={chosen.includes(uniqueId)}
                        data-testid={`choice-${uniqueId}`}
                        onChange={() => onChoose(toggled(chosen, uniqueId))}
                      />
                      {word(name)}
                    </label>
                  ))}
                </section>
              ),
            )}
          </div>
        )}
      </Loaded>
    </fieldset>
  );
}
