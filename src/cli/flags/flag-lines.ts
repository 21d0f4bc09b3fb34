/**
 * Flags written as the help shows them, for commands that take them and do nothing with them: `-f, --force   Do not ask (default true)`.
 * Their values are checked as those of the real ones are.
 */
import { parseDuration } from '../../go-template/go-duration.ts';
import { parseMemoryBytes, parseMemorySwap } from '../opts/memory-bytes.ts';
import { parseUlimit } from '../opts/ulimit.ts';
import { type Flag, listFlag, parsed, valueFlag } from './flag.ts';
import {
  boolFlag,
  commaListFlag,
  filterFlag,
  intFlag,
  mapFlag,
  stringFlag,
  stringListFlag,
  uintFlag,
} from './flag-types.ts';

const LINE =
  /^(?:-(?<shorthand>\w), )?--(?<name>[\w-]+)(?: (?<word>[\w-]+))? {2,}(?<text>.*?)(?: \(default (?<fallback>[^)]*)\))?$/;

/** One flag per line. */
export function flagLines(text: string): readonly Flag<unknown>[] {
  return text
    .trim()
    .split('\n')
    .map((line) => flagOf(line.trim()));
}

function flagOf(line: string): Flag<unknown> {
  const { shorthand, name, word, text: description = '', fallback } = LINE.exec(line)?.groups ?? {};
  if (name === undefined) throw new Error(`no flag: ${line}`);
  const options = { name, description, ...(shorthand && { shorthand }) };
  const defaultText = fallback ?? '';
  switch (word) {
    case undefined:
      return boolFlag({ ...options, default: fallback === 'true' });
    case 'string':
      return stringFlag({ ...options, default: defaultText.replace(/^"|"$/g, '') });
    case 'int':
      return intFlag({ ...options, default: Number(defaultText) });
    case 'uint':
      return uintFlag({ ...options, default: Number(defaultText) });
    case 'list':
      return stringListFlag({ ...options, defaultText });
    case 'strings':
      return commaListFlag({ ...options, defaultText });
    case 'map':
      return mapFlag({ ...options, defaultText });
    case 'filter':
      return filterFlag({ shorthand: '', ...options });
    case 'bytes':
      return valueFlag({
        ...options,
        valueWord: word,
        default: 0,
        parse: name === 'memory-swap' ? parseMemorySwap : parseMemoryBytes,
      });
    case 'duration':
      return valueFlag<number | null>({
        ...options,
        valueWord: word,
        default: null,
        defaultText,
        parse: parseDuration,
      });
    case 'ulimit':
      return listFlag({ ...options, valueWord: word, defaultText, parse: parseUlimit });
    default:
      return valueFlag({ ...options, valueWord: word, default: defaultText, defaultText, parse: parsed });
  }
}
