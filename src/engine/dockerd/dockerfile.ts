/** Reads a Dockerfile. Source: Dockerfile reference; `moby/buildkit: frontend/dockerfile/parser`. */

export interface Instruction {
  /** In capitals. */
  readonly name: string;
  /** As it is told: name and arguments, on one line. */
  readonly original: string;
  /** All after the name. */
  readonly rest: string;
  /** Arguments, without quotes. */
  readonly words: readonly string[];
  /** Of the form with brackets (`CMD ["a", "b"]`). */
  readonly list: readonly string[] | null;
}

const NAMES = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

export type ParsedDockerfile = { ok: true; value: Instruction[] } | { ok: false; message: string };

export function parseDockerfile(text: string): ParsedDockerfile {
  const instructions: Instruction[] = [];
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const first = i + 1;
    let line = lines[i]!.trim();
    if (line === '' || line.startsWith('#')) continue;
    while (line.endsWith('\\') && i + 1 < lines.length) {
      i++;
      const more = lines[i]!.trim();
      // Comments may stand between the lines of one instruction.
      if (!more.startsWith('#')) line = `${line.slice(0, -1).trimEnd()} ${more}`.trim();
    }
    const [word = ''] = line.split(/\s/);
    const name = word.toUpperCase();
    if (!NAMES.has(name))
      return {
        ok: false,
        message: `dockerfile parse error on line ${first}: unknown instruction: ${word}${hint(name)}`,
      };
    const rest = line.slice(word.length).trim();
    if (rest === '' && name !== 'CMD' && name !== 'ENTRYPOINT')
      return { ok: false, message: `dockerfile parse error on line ${first}: ${argumentsWanted(name)}` };
    instructions.push({ name, original: `${name} ${rest}`.trim(), rest, words: wordsOf(rest), list: listOf(rest) });
  }
  if (instructions.length === 0) return { ok: false, message: 'the Dockerfile (Dockerfile) cannot be empty' };
  return { ok: true, value: instructions };
}

function argumentsWanted(name: string): string {
  if (name === 'FROM') return 'FROM requires either one or three arguments';
  return name === 'COPY' || name === 'ADD'
    ? `${name} requires at least two arguments, but only 0 were provided`
    : `${name} requires at least one argument`;
}

/** A name that differs by one letter, or by two exchanged ones. */
function hint(name: string): string {
  const near = [...NAMES].find((known) => isNear(known, name));
  return near ? ` (did you mean ${near}?)` : '';
}

function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  const isSwap = a.length === b.length && [...a].sort().join('') === [...b].sort().join('');
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  return isSwap || restA.slice(1) === restB.slice(1) || restA === restB.slice(1) || restA.slice(1) === restB;
}

function listOf(rest: string): string[] | null {
  if (!rest.startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(rest);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
  } catch {
    return null; // Then it is a line for the shell.
  }
}

/** Blanks separate words, unless they are quoted. */
function wordsOf(rest: string): string[] {
  const words = rest.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ''),
  );
}
