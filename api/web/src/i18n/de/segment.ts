import type { segment as english } from '../en/segment';

export const segment: Record<keyof typeof english, string> = {
  'segment.label': 'Segment',
  'segment.all': 'Alle Besuche',
  'segment.new': 'Neues Segment',
  'segment.edit': 'Bearbeiten und speichern',
  'segment.clear': 'Alle Besuche zeigen',
  'segment.narrow': 'Nur Besuche mit {value}',
  'segment.and': 'und',
  'segment.or': 'oder',
  'segment.nothing': 'nichts',
  'segment.unavailable': 'Gespeicherte Segmente konnten nicht geladen werden.',
  'operator.==': 'ist',
  'operator.!=': 'ist nicht',
  'operator.=@': 'enthält',
  'operator.!@': 'enthält nicht',
  'operator.=^': 'beginnt mit',
  'operator.=$': 'endet mit',
  'operator.>': 'ist mehr als',
  'operator.>=': 'ist mindestens',
  'operator.<': 'ist weniger als',
  'operator.<=': 'ist höchstens',
};
