import { describe, expect, it } from 'vitest';
import { bestFits, fitness } from './match.ts';

describe('what fits', () => {
  it.each([
    ['all words must be found', 'Power off node3', 'off node4', false],
    ['in any order', 'Power off node3', 'node3 pow', true],
    ['whatever the case', 'Power off node3', 'POWER', true],
    ['in the middle of a word, too', 'Power off node3', 'de3', true],
    ['nothing typed fits all', 'Power off node3', '  ', true],
  ])('%s', (_, text, query, fits) => {
    expect(fitness(text, query) > 0).toBe(fits);
  });

  it.each([
    ['beginnings first', ['unmounted', 'mounted', 'is mounted'], 'mount', ['mounted', 'is mounted', 'unmounted']],
    ['shorter ones first', ['node10', 'node1'], 'node1', ['node1', 'node10']],
    ['as they came when they are alike', ['web.2', 'web.1'], 'web', ['web.2', 'web.1']],
  ])('%s', (_, texts, query, expected) => {
    expect(bestFits(texts, (text) => text, query, 10)).toEqual(expected);
  });

  it('has its limit', () => {
    expect(bestFits(['a1', 'a2', 'a3'], (text) => text, 'a', 2)).toHaveLength(2);
  });
});
