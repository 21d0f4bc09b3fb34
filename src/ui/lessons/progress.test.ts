/** What was kept in the browser is believed only as far as it makes sense. */
import { describe, expect, it } from 'vitest';
import { readProgress } from './progress.ts';

describe('progress', () => {
  it.each<[string | null, unknown]>([
    [null, { done: [], steps: {} }],
    ['{"done":["a"],"steps":{"b":2}}', { done: ['a'], steps: { b: 2 } }],
    ['{"done":[1,"a",null],"steps":{"b":"x","c":1}}', { done: ['a'], steps: { c: 1 } }],
    ['{"done":{},"steps":null}', { done: [], steps: {} }],
    ['null', { done: [], steps: {} }],
    ['{"done":', { done: [], steps: {} }],
  ])('%s', (text, expected) => {
    expect(readProgress(text)).toEqual(expected);
  });
});
