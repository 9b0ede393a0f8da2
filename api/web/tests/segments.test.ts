import { describe as group, expect, it } from 'vitest';
import { newLocale } from '../src/i18n/locale';
import { describe, narrowed, readDefinition, writeDefinition } from '../src/segments/definition';

group('a segment definition', () => {
  it('is read and written alike', () => {
    const text = 'browserCode==FF,browserCode==CH;visitDuration>=60;pageUrl=@a%3Bb';
    const definition = readDefinition(text)!;
    expect(definition).toEqual([
      [
        { field: 'browserCode', operator: '==', value: 'FF' },
        { field: 'browserCode', operator: '==', value: 'CH' },
      ],
      [{ field: 'visitDuration', operator: '>=', value: '60' }],
      [{ field: 'pageUrl', operator: '=@', value: 'a;b' }],
    ]);
    expect(writeDefinition(definition)).toBe(text);
  });

  it('is not read when it is none', () => {
    expect([readDefinition('browser'), readDefinition('==FF')]).toEqual([undefined, undefined]);
    expect(readDefinition('')).toEqual([]);
  });

  it('takes another condition once', () => {
    expect(narrowed(undefined, 'a==1')).toBe('a==1');
    expect(narrowed('a==1', 'b==2;a==1')).toBe('a==1;b==2');
  });

  it('can be said in words', () => {
    const { t } = newLocale('en');
    const fields = [
      { segment: 'browserCode', name: 'Browser', category: '', type: 'dimension' as const },
    ];
    expect(describe('browserCode==FF;actions>2', fields, t)).toBe(
      'Browser is FF and actions is more than 2',
    );
  });
});
