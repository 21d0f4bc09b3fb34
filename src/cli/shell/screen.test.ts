import { describe, expect, test } from 'vitest';
import { Screen } from './screen.ts';

function linesOf(bytes: string, columns = 20, rows = 5): string[] {
  const screen = new Screen(columns, rows);
  screen.write(bytes);
  return screen.lines();
}

describe('a screen shows', () => {
  test.each<[string, string, string[]]>([
    ['lines', 'a\nb\n', ['a', 'b']],
    ['no blanks at the end', 'a  \n\n\n', ['a']],
    ['what overwrites after a carriage return', 'abc\rX', ['Xbc']],
    ['colours as nothing', '\x1b[31mred\x1b[0m', ['red']],
    ['a tab up to the next stop', 'a\tb', ['a       b']],
    ['a long line as one line, though it takes two rows', 'x'.repeat(25), ['x'.repeat(25)]],
    ['a full line and a newline as one line', `${'x'.repeat(20)}\nb`, ['x'.repeat(20), 'b']],
    ['a wide character in two cells', '漢a', ['漢a']],
    ['an erased line', 'abc\x1b[2K\rd', ['d']],
    ['the rest of a line erased', 'abc\r\x1b[1C\x1b[K', ['a']],
    ['lines redrawn in place', '1: a\n2: b\n\x1b[2A\x1b[2K1: c\n\x1b[2K2: d\n', ['1: c', '2: d']],
    ['what is below erased', 'a\nb\nc\n\x1b[2A\x1b[J', ['a']],
    ['a cleared screen', 'a\nb\n\x1b[H\x1b[2J\x1b[3Jc', ['c']],
    ['nothing of the alternate screen', 'a\n\x1b[?1049hsecret\x1b[?1049lb', ['a', 'b']],
    ['lines that scrolled away, too', '1\n2\n3\n4\n5\n6\n7', ['1', '2', '3', '4', '5', '6', '7']],
  ])('%s', (_name, bytes, lines) => {
    expect(linesOf(bytes)).toEqual(lines);
  });

  test('rows as they stand, where a line is longer than the terminal is wide', () => {
    const screen = new Screen(20);
    screen.write(`${'x'.repeat(25)}\ny`);
    expect(screen.rows()).toEqual(['x'.repeat(20), 'xxxxx', 'y']);
  });

  test('the same however the bytes are cut', () => {
    const bytes = '1: a\n2: b\n\x1b[2A\x1b[2K1: \x1b[32mc\x1b[0m\n\x1b[2K2: d\n';
    const screen = new Screen(20);
    for (const byte of bytes) screen.write(byte);
    expect(screen.lines()).toEqual(linesOf(bytes));
  });

  test('the cursor no higher than its window', () => {
    expect(linesOf('1\n2\n3\n4\n5\n6\x1b[99A\rX')).toEqual(['1', 'X', '3', '4', '5', '6']);
  });
});
