/** Options of a command line, as `getopt_long` takes them apart: letters that may be joined, values with or without a space. */

export interface Options {
  has(name: string): boolean;
  /** The last value given, or null. */
  value(name: string): string | null;
  values(name: string): readonly string[];
  readonly operands: readonly string[];
}

export interface OptionNames {
  /** Letters without a value. */
  readonly flags: string;
  /** Letters with one. */
  readonly valued: string;
  /** Long names, to a letter or to a name of their own; a name that ends with `=` takes a value. */
  readonly long?: Readonly<Record<string, string>>;
}

export type OptionsResult =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly error: { readonly kind: 'unknown' | 'value missing'; readonly option: string } };

export function readOptions(args: readonly string[], names: OptionNames): OptionsResult {
  const given: (readonly [string, string])[] = [];
  const operands: string[] = [];
  const rest = [...args];
  const unknown = (option: string): OptionsResult => ({ ok: false, error: { kind: 'unknown', option } });
  const missing = (option: string): OptionsResult => ({ ok: false, error: { kind: 'value missing', option } });
  while (rest.length > 0) {
    const word = rest.shift()!;
    if (word === '--') operands.push(...rest.splice(0));
    else if (word.startsWith('--')) {
      const [name = '', inline] = splitOnce(word.slice(2));
      const short = names.long?.[name];
      const valued = names.long?.[`${name}=`];
      if (short !== undefined) given.push([short, '']);
      else if (valued === undefined) return unknown(word);
      else {
        const value = inline ?? rest.shift();
        if (value === undefined) return missing(word);
        given.push([valued, value]);
      }
    } else if (word.length > 1 && word.startsWith('-')) {
      for (let i = 1; i < word.length; i++) {
        const letter = word[i]!;
        if (names.flags.includes(letter)) given.push([letter, '']);
        else if (names.valued.includes(letter)) {
          const value = i + 1 < word.length ? word.slice(i + 1) : rest.shift();
          if (value === undefined) return missing(`-${letter}`);
          given.push([letter, value]);
          break;
        } else return unknown(`-${letter}`);
      }
    } else operands.push(word);
  }
  const values = (name: string): string[] => given.filter(([own]) => own === name).map(([, value]) => value);
  return {
    ok: true,
    options: {
      has: (name) => given.some(([own]) => own === name),
      value: (name) => values(name).at(-1) ?? null,
      values,
      operands,
    },
  };
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
