/** Columns as docker's tables have them. */
import { describe, expect, it } from 'vitest';
import { displayWidth, truncateId } from './display-width.ts';
import { compareNaturally } from './natural-order.ts';
import { alignTabs } from './tab-writer.ts';

describe('columns', () => {
  it.each([
    ['are at least ten wide', 'ID\tNAME\n1\tweb', 'ID        NAME\n1         web'],
    ['are three wider than their widest cell', 'A\tB\n0123456789\tx', 'A            B\n0123456789   x'],
    [
      'end with the lines that have them',
      'aaaaaaaaaaaa\tb\nplain line that is long\nc\td',
      'aaaaaaaaaaaa   b\nplain line that is long\nc         d',
    ],
    ['keep empty cells', 'A\t\tC\n\tb\t', 'A                   C\n          b         '],
    ['count wide characters twice', '日本語日本語\tx\n1\ty', '日本語日本語   x\n1              y'],
    ['do not count the last cell', 'A\tvery very very long\nB\tx', 'A         very very very long\nB         x'],
    ['leave text without tabs alone', 'a\n\nb\n', 'a\n\nb\n'],
  ])('%s', (_rule, text, aligned) => {
    expect(alignTabs(text)).toBe(aligned);
  });

  it('can be set otherwise', () => {
    expect(alignTabs(' Version:\t1', { minimum: 20, padding: 1 })).toBe(' Version:           1');
  });
});

describe('widths', () => {
  it.each([
    ['abc', 3],
    ['…', 1],
    ['日本', 4],
    ['e\u0301', 1],
    ['🐳', 2],
  ])('%s', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

it('cuts IDs to twelve digits', () => {
  expect(truncateId('sha256:0123456789abcdef')).toBe('0123456789ab');
  expect(truncateId('icha7g64rf9bm88tscionj5hn')).toBe('icha7g64rf9b');
});

it('sorts names with numbers by value', () => {
  const names = ['node10', 'web', 'node2', 'node', 'node01', 'a1b10', 'a1b9', 'node1'];
  expect(names.sort(compareNaturally)).toEqual(['a1b9', 'a1b10', 'node', 'node1', 'node01', 'node2', 'node10', 'web']);
});
