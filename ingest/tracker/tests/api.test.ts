/// <reference types="vite/client" />
import { describe, expect, it } from 'vitest';
import { newSettings } from '../src/core';
import { newQueue } from '../src/queue';
import { newTracker } from '../src/tracker';
import readme from '../README.md?raw';
import { TRACKER_URL } from './recorder';

const accessors = Object.keys(newSettings()).flatMap((name) =>
  ['set', 'get', 'enable', 'disable'].map((verb) => verb + name),
);

const sources = import.meta.glob<string>('./*.test.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The rows of the table of methods: what they are called, and the test that calls them. */
const table = readme
  .split('\n')
  .map((line) => /^\| (`.*`) +\| `(\w+\.test\.ts)`/.exec(line))
  .filter((row) => row !== null)
  .map(([, methods, test]) => ({ methods: [...methods!.matchAll(/`(\w+)`/g)], test: test! }))
  .flatMap(({ methods, test }) => methods.map(([, method]) => ({ method: method!, test })));

describe('the public methods', () => {
  it('are those of the table, each once', () => {
    const tracker = Object.keys(newTracker()).filter((name) => !accessors.includes(name));
    const queue = Object.keys(newQueue(TRACKER_URL));
    const listed = table.map(({ method }) => method);
    expect(listed.sort()).toEqual([...tracker, ...queue].sort());
  });

  it.each(table)('$method is called in $test', ({ method, test }) => {
    expect(sources[`./${test}`]).toMatch(RegExp(`\\b${method}\\b`));
  });

  it.each(Object.entries(newSettings()))('set%s and get%s are one setting', (name, initial) => {
    const tracker = newTracker() as unknown as Record<string, (value?: unknown) => unknown>;
    const value = Array.isArray(initial) ? ['a', 'b'] : 'other';
    tracker[`set${name}`]!(value);
    expect(tracker[`get${name}`]!()).toEqual(value);
    if (typeof initial !== 'boolean') return;
    for (const [verb, expected] of Object.entries({ enable: true, disable: false })) {
      tracker[verb + name]!();
      expect(tracker[`get${name}`]!()).toBe(expected);
    }
  });
});
