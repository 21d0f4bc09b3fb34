import { describe, expect, test } from 'vitest';
import { initialInput, takeKeys, takeLine } from './terminal-input.ts';

/** Keys, what the terminal echoes, what the process can read. */
const lines: readonly [what: string, keys: string, echo: string, text: string][] = [
  ['a line', 'ls\r', 'ls\n', 'ls\n'],
  ['a line that is not done', 'ls', 'ls', ''],
  ['backspace', 'lx\x7fs\r', 'lx\b \bs\n', 'ls\n'],
  ['backspace at the beginning', '\x7fls\r', 'ls\n', 'ls\n'],
  ['Ctrl-U', 'abc\x15ls\r', 'abc\b \b\b \b\b \bls\n', 'ls\n'],
  ['arrow keys', 'l\x1b[A\x1b[Ds\r', 'ls\n', 'ls\n'],
  ['Ctrl-D in a line gives what is there', 'ls\x04', 'ls', 'ls'],
];

describe('keys at a terminal', () => {
  for (const [what, keys, echo, text] of lines)
    test(what, () => {
      const input = initialInput();
      let seen = '';
      expect(takeKeys(input, keys, (more) => void (seen += more))).toBeNull();
      expect([seen, input.text]).toEqual([echo, text]);
    });

  test('Ctrl-D on an empty line is the end', () => {
    const input = initialInput();
    takeKeys(input, '\x04', () => undefined);
    expect(input.ended).toBe(true);
  });

  test('Ctrl-C throws away what nobody has read, and gives back what comes after it', () => {
    const input = initialInput();
    expect(takeKeys(input, 'one\rtwo\x03three\r', () => undefined)).toBe('three\r');
    expect(input).toEqual(initialInput());
  });
});

describe('lines', () => {
  test('are taken one by one, the last one without its end when no more comes', () => {
    const input = { text: 'a\nb', typed: '', ended: false };
    expect([takeLine(input), takeLine(input)]).toEqual(['a', null]);
    input.ended = true;
    expect([takeLine(input), takeLine(input)]).toEqual(['b', null]);
  });
});
