import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { type SegmentField, segmentFieldsQuery, suggestedValuesQuery } from '../api/segments';
import { useSite } from '../frame/context';
import { useLocale } from '../i18n/locale';
import { Icon } from '../ui/icons';
import { Loaded } from '../ui/states';
import { type Condition, type Definition, type Operator, OPERATORS } from './definition';

const OF_METRICS: readonly Operator[] = ['==', '!=', '>', '>=', '<', '<='];
const OF_DIMENSIONS = OPERATORS.filter((operator) => !/[<>]/.test(operator));

interface BuilderProps {
  definition: Definition;
  onChange: (definition: Definition) => void;
}

/** Conditions, any of which or all of which must hold. */
export function Builder({ definition, onChange }: BuilderProps) {
  const fields = useQuery(segmentFieldsQuery(useSite().id));
  return (
    <Loaded query={fields} rows={3}>
      {(known) => <Groups fields={known} definition={definition} onChange={onChange} />}
    </Loaded>
  );
}

function Groups({ fields, definition, onChange }: BuilderProps & { fields: SegmentField[] }) {
  const { t } = useLocale();
  const fresh = (): Condition => ({
    field: fields[0]?.segment ?? '',
    operator: '==',
    value: '',
  });
  const set = (at: number, group: Condition[]): void =>
    onChange(group.length ? definition.with(at, group) : definition.filter((_, i) => i !== at));
  return (
    <div className="builder">
      {definition.map((group, at) => (
        <fieldset key={at}>
          <legend>{at === 0 ? t('builder.when') : t('segment.and')}</legend>
          {group.map((condition, i) => (
            <ConditionRow
              key={i}
              fields={fields}
              condition={condition}
              joined={i > 0}
              onChange={(changed) => set(at, group.with(i, changed))}
              onRemove={() =>
                set(
                  at,
                  group.filter((_, other) => other !== i),
                )
              }
            />
          ))}
          <button
            type="button"
            className="button-quiet button-small"
            onClick={() => set(at, [...group, fresh()])}
          >
            <Icon name="plus" />
            {t('segment.or')}
          </button>
        </fieldset>
      ))}
      <button
        type="button"
        className="button-quiet button-small"
        data-testid="add-condition"
        onClick={() => onChange([...definition, [fresh()]])}
      >
        <Icon name="plus" />
        {t(definition.length ? 'builder.and' : 'builder.first')}
      </button>
    </div>
  );
}

interface ConditionRowProps {
  fields: SegmentField[];
  condition: Condition;
  joined: boolean;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}

function ConditionRow({ fields, condition, joined, onChange, onRemove }: ConditionRowProps) {
  const { t } = useLocale();
  const listId = useId();
  const site = useSite();
  const field = fields.find(({ segment }) => segment === condition.field);
  const { data: suggested = [] } = useQuery(suggestedValuesQuery(site.id, condition.field));
  const operators = field?.type === 'metric' ? OF_METRICS : OF_DIMENSIONS;
  const categories = [...new Set(fields.map(({ category }) => category))];
  return (
    <div className="condition">
      {joined && <span className="condition-or">{t('segment.or')}</span>}
      <select
        className="select"
        aria-label={t('builder.field')}
        value={condition.field}
        data-testid="condition-field"
        onChange={({ target }) => onChange({ ...condition, field: target.value })}
      >
        {!field && <option value={condition.field}>{condition.field}</option>}
        {categories.map((category) => (
          <optgroup key={category} label={category}>
            {fields
              .filter((known) => known.category === category)
              .map(({ segment, name }) => (
                <option key={segment} value={segment}>
                  {name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <select
        className="select"
        aria-label={t('builder.operator')}
        value={condition.operator}
        onChange={({ target }) => onChange({ ...condition, operator: target.value as Operator })}
      >
        {[...new Set([...operators, condition.operator])].map((operator) => (
          <option key={operator} value={operator}>
            {t(`operator.${operator}`)}
          </option>
        ))}
      </select>
      <input
        className="input"
        aria-label={t('builder.value')}
        placeholder={t('builder.value')}
        title={field?.acceptedValues}
        list={listId}
        value={condition.value}
        data-testid="condition-value"
        onChange={({ target }) => onChange({ ...condition, value: target.value })}
      />
      <datalist id={listId}>
        {suggested.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      <button
        type="button"
        className="button-icon"
        aria-label={t('builder.remove')}
        onClick={onRemove}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
