/**
 * From the bytes a terminal sends to keys. A sequence may arrive in pieces; Escape followed by a letter is Alt with it.
 * Source: xterm's control sequences, "PC-Style Function Keys" and "Bracketed Paste Mode".
 */

/** A key with a name, typed text, or pasted text. */
export type Key = { kind: 'text' | 'paste'; text: string } | { kind: 'key'; name: KeyName };

export type KeyName =
  | 'enter'
  | 'tab'
  | 'backspace'
  | 'delete'
  | 'escape'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'word-left'
  | 'word-right'
  | `ctrl-${string}`
  | `alt-${string}`;

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

const sequences: Readonly<Record<string, KeyName>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  '[H': 'home',
  '[F': 'end',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  '[1~': 'home',
  '[3~': 'delete',
  '[4~': 'end',
  '[7~': 'home',
  '[8~': 'end',
  '[1;5C': 'word-right',
  '[1;5D': 'word-left',
  '[1;3C': 'word-right',
  '[1;3D': 'word-left',
  '[3;5~': 'alt-d',
};

/** Turns pieces of input into keys. */
export class KeyDecoder {
  #rest = '';

  decode(data: string): Key[] {
    const text = this.#rest + data;
    this.#rest = '';
    const keys: Key[] = [];
    for (let at = 0; at < text.length; ) {
      const next = this.#next(text, at);
      if (next === null) {
        this.#rest = text.slice(at);
        break;
      }
      if (next.key) keys.push(next.key);
      at += next.length;
    }
    return keys;
  }

  /** The key at `at`, or null if more input must come first. */
  #next(text: string, at: number): { key: Key | null; length: number } | null {
    const char = text[at]!;
    if (char === '\x1b') return this.#escape(text, at);
    // A terminal sends CR for Enter; a program that pastes may send CR LF or LF.
    if (char === '\r' && text[at + 1] === '\n') return { key: { kind: 'key', name: 'enter' }, length: 2 };
    if (char < ' ' || char === '\x7f') return { key: { kind: 'key', name: controlName(char) }, length: 1 };
    const end = text.slice(at).search(/[\x00-\x1f\x7f]/);
    const typed = end < 0 ? text.slice(at) : text.slice(at, at + end);
    return { key: { kind: 'text', text: typed }, length: typed.length };
  }

  #escape(text: string, at: number): { key: Key | null; length: number } | null {
    const rest = text.slice(at);
    if (rest.startsWith(PASTE_START)) {
      const end = rest.indexOf(PASTE_END);
      if (end < 0) return null;
      const pasted = rest.slice(PASTE_START.length, end).replace(/\r\n?/g, '\n');
      return { key: { kind: 'paste', text: pasted }, length: end + PASTE_END.length };
    }
    const sequence = /^\x1b(\[[\d;<=>?]*[ -/]*[@-~]|O[ -~])/.exec(rest);
    if (sequence) {
      const name = sequences[sequence[1]!];
      return { key: name ? { kind: 'key', name } : null, length: sequence[0].length };
    }
    if (/^\x1b(\[[\d;<=>?]*|O)?$/.test(rest)) return null;
    const second = rest[1]!;
    if (second === '\x1b') return { key: { kind: 'key', name: 'escape' }, length: 1 };
    const name: KeyName = second === '\x7f' || second === '\b' ? 'alt-backspace' : `alt-${second.toLowerCase()}`;
    return { key: { kind: 'key', name }, length: 2 };
  }
}

function controlName(char: string): KeyName {
  switch (char) {
    case '\r':
    case '\n':
      return 'enter';
    case '\t':
      return 'tab';
    case '\x7f':
    case '\b':
      return 'backspace';
    default:
      return `ctrl-${String.fromCharCode(char.charCodeAt(0) + 96)}`;
  }
}
