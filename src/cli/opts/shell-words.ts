/**
 * A text split into words as a simple shell would: `--entrypoint "sh -c 'echo hi'"`, `--args`.
 * Source: `google/shlex`, the package that the real client uses; errors checked against it. `#` starts a comment.
 */
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';

/** Words of `text`; quotes and backslashes are taken away. */
export function splitWords(text: string): ParseResult<string[]> {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (/\s/.test(character)) at++;
    else if (character === '#') at = endOfLine(text, at);
    else {
      const word = readWord(text, at);
      if (!word.ok) return word;
      words.push(word.value.text);
      at = word.value.end;
    }
  }
  return parsed(words);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

type Mode = 'plain' | '"' | "'";

function readWord(source: string, start: number): ParseResult<{ text: string; end: number }> {
  let text = '';
  let mode: Mode = 'plain';
  for (let at = start; at < source.length; at++) {
    const character = source[at]!;
    if (mode === 'plain' && /\s/.test(character)) return parsed({ text, end: at });
    if (character === '\\' && mode !== "'") {
      if (at + 1 >= source.length) return unparsable('EOF found after escape character');
      text += source[++at]!;
    } else if (mode === 'plain' && (character === '"' || character === "'")) mode = character;
    else if (character === mode) mode = 'plain';
    else text += character;
  }
  return mode === 'plain' ? parsed({ text, end: source.length }) : unparsable('EOF found when expecting closing quote');
}
