/** `read [-r] [-p prompt] [name ...]`: one line of the input into variables. */
import { LineReader } from '../line-reader.ts';
import type { Builtin } from './builtin.ts';

export const read: Builtin = async (call) => {
  const args = [...call.args];
  let raw = false;
  let prompt = '';
  while (args[0]?.startsWith('-') && args[0].length > 1) {
    const option = args.shift()!;
    if (option.includes('r')) raw = true;
    if (option.endsWith('p')) prompt = args.shift() ?? '';
  }
  if (prompt !== '' && call.io.stdin.isTerminal) call.io.stderr.write(prompt);
  const reader = new LineReader(call.io.stdin, call.io.signal);
  const line = await reader.next();
  reader.giveBack();
  const names = args.length > 0 ? args : ['REPLY'];
  const text = raw ? (line?.text ?? '') : (line?.text ?? '').replace(/\\(.)/g, '$1');
  const values = args.length > 0 ? splitInto(text, names.length, call.shell.state.get('IFS') ?? ' \t\n') : [text];
  for (const [index, name] of names.entries()) call.shell.assign(name, values[index] ?? '');
  return line?.terminated ? 0 : 1;
};

/** At most `count` fields; the last one takes the rest of the line. */
function splitInto(text: string, count: number, separators: string): string[] {
  const blanks = [...separators].filter((char) => ' \t\n'.includes(char)).join('');
  const isBlank = (char: string | undefined): boolean => char !== undefined && blanks.includes(char);
  const values: string[] = [];
  let rest = trimBlanks(text, isBlank);
  while (values.length < count - 1 && rest !== '') {
    const end = [...rest].findIndex((char) => separators.includes(char));
    if (end < 0) break;
    values.push(rest.slice(0, end));
    let next = end;
    while (isBlank(rest[next])) next++;
    if (!isBlank(rest[next]) && separators.includes(rest[next] ?? '\0')) next++;
    while (isBlank(rest[next])) next++;
    rest = rest.slice(next);
  }
  return [...values, rest];
}

function trimBlanks(text: string, isBlank: (char: string | undefined) => boolean): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}
