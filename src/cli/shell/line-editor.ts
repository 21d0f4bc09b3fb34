/**
 * What keys do to the line being typed: moving, killing and yanking, history, incremental search.
 * Knows no terminal: the session draws what `line`, `label` and `cursor` say. Source of the keys: readline(3), emacs mode.
 */
import type { Key, KeyName } from './keys.ts';
import {
  blankWordStart,
  emptyLine,
  insert,
  type LineBuffer,
  lineOf,
  moveTo,
  replace,
  textOf,
  transpose,
  wordEnd,
  wordStart,
} from './line-buffer.ts';

/** What the session has to do after a key, beyond drawing the line again. */
export type EditorAction = 'none' | 'accept' | 'interrupt' | 'end-of-input' | 'clear-screen' | 'complete' | 'bell';

/** A search through the history: what was typed, and where in the history the match is. */
interface Search {
  query: string;
  index: number;
  failed: boolean;
  /** The line to come back to. */
  before: LineBuffer;
}

export class LineEditor {
  line: LineBuffer = emptyLine;
  readonly #history: string[];
  /** Index into the history; its length stands for the new line. */
  #position: number;
  /** Changed lines of the history, until one is accepted. */
  #edited = new Map<number, LineBuffer>();
  #killed = '';
  #lastWasKill = false;
  #search: Search | null = null;

  constructor(history: string[]) {
    this.#history = history;
    this.#position = history.length;
  }

  /** Starts a new line. */
  reset(line: LineBuffer = emptyLine): void {
    this.line = line;
    this.#position = this.#history.length;
    this.#edited.clear();
    this.#search = null;
  }

  /** Replaces the prompt while searching. */
  get label(): string | null {
    if (!this.#search) return null;
    return `(${this.#search.failed ? 'failed ' : ''}reverse-i-search)\`${this.#search.query}': `;
  }

  get text(): string {
    return textOf(this.line);
  }

  handle(key: Key): EditorAction {
    if (this.#search) {
      const action = this.#handleInSearch(key, this.#search);
      if (action) return action;
    }
    if (key.kind !== 'key') {
      this.#lastWasKill = false;
      // A tab in pasted text would be drawn wider than it is counted; a shell takes blanks just as well.
      this.line = insert(this.line, key.text.replaceAll('\t', '    '));
      return 'none';
    }
    const killing = /^(ctrl-[kuw]|alt-(d|backspace))$/.test(key.name);
    const action = this.#command(key.name);
    this.#lastWasKill = killing;
    return action;
  }

  #command(name: KeyName): EditorAction {
    const { line } = this;
    switch (name) {
      case 'enter':
        return 'accept';
      case 'tab':
        return 'complete';
      case 'ctrl-c':
        return 'interrupt';
      case 'ctrl-l':
        return 'clear-screen';
      case 'ctrl-d':
        if (line.chars.length === 0) return 'end-of-input';
        return this.#erase(line.cursor, line.cursor + 1);
      case 'delete':
        return this.#erase(line.cursor, line.cursor + 1);
      case 'backspace':
        return line.cursor === 0 ? 'bell' : this.#erase(line.cursor - 1, line.cursor);
      case 'left':
      case 'ctrl-b':
        return this.#move(line.cursor - 1);
      case 'right':
      case 'ctrl-f':
        return this.#move(line.cursor + 1);
      case 'home':
      case 'ctrl-a':
        return this.#move(0);
      case 'end':
      case 'ctrl-e':
        return this.#move(line.chars.length);
      case 'word-left':
      case 'alt-b':
        return this.#move(wordStart(line));
      case 'word-right':
      case 'alt-f':
        return this.#move(wordEnd(line));
      case 'up':
      case 'ctrl-p':
        return this.#recall(this.#position - 1);
      case 'down':
      case 'ctrl-n':
        return this.#recall(this.#position + 1);
      case 'alt-<':
        return this.#recall(0);
      case 'alt->':
        return this.#recall(this.#history.length);
      case 'alt-.':
        return this.#lastArgument();
      default:
        return this.#killOrYank(name);
    }
  }

  #killOrYank(name: KeyName): EditorAction {
    const { line } = this;
    switch (name) {
      case 'ctrl-k':
        return this.#kill(line.cursor, line.chars.length, 'after');
      case 'ctrl-u':
        return this.#kill(0, line.cursor, 'before');
      case 'ctrl-w':
        return this.#kill(blankWordStart(line), line.cursor, 'before');
      case 'alt-backspace':
        return this.#kill(wordStart(line), line.cursor, 'before');
      case 'alt-d':
        return this.#kill(line.cursor, wordEnd(line), 'after');
      case 'ctrl-y':
        this.line = insert(line, this.#killed);
        return 'none';
      case 'ctrl-t':
        this.line = transpose(line);
        return 'none';
      case 'ctrl-r':
        this.#search = { query: '', index: this.#history.length, failed: false, before: line };
        return 'none';
      default:
        return 'none';
    }
  }

  #move(cursor: number): EditorAction {
    this.line = moveTo(this.line, cursor);
    return 'none';
  }

  #erase(from: number, to: number): EditorAction {
    if (from >= this.line.chars.length) return 'bell';
    this.line = replace(this.line, from, to, '');
    return 'none';
  }

  /** Kills in a row add up, so that one yank brings them all back. */
  #kill(from: number, to: number, side: 'before' | 'after'): EditorAction {
    const text = this.line.chars.slice(from, to).join('');
    const earlier = this.#lastWasKill ? this.#killed : '';
    this.#killed = side === 'before' ? text + earlier : earlier + text;
    this.line = replace(this.line, from, to, '');
    return 'none';
  }

  #recall(position: number): EditorAction {
    if (position < 0 || position > this.#history.length) return 'bell';
    this.#edited.set(this.#position, this.line);
    this.#position = position;
    const remembered = this.#edited.get(position);
    this.line = remembered ? moveTo(remembered, remembered.chars.length) : lineOf(this.#history[position] ?? '');
    return 'none';
  }

  #lastArgument(): EditorAction {
    const word = this.#history.at(-1)?.trim().split(/\s+/).at(-1);
    if (!word) return 'bell';
    this.line = insert(this.line, word);
    return 'none';
  }

  // --- Ctrl-R -----------------------------------------------------------------------------------------------------------

  /** Null: the search is over and the key is still to be handled. */
  #handleInSearch(key: Key, search: Search): EditorAction | null {
    if (key.kind !== 'key') return this.#find(search, search.query + key.text, search.index);
    switch (key.name) {
      case 'ctrl-r':
        return this.#find(search, search.query, search.index - 1);
      case 'backspace':
        return this.#find(search, search.query.slice(0, -1), this.#history.length);
      case 'ctrl-g':
        this.line = search.before;
        this.#search = null;
        return 'none';
      case 'escape':
        this.#search = null;
        return 'none';
      default:
        this.#search = null;
        return null;
    }
  }

  /** Finds the newest line at or before `from` that contains the query. */
  #find(search: Search, query: string, from: number): EditorAction {
    const index = query === '' ? -1 : this.#history.findLastIndex((line, i) => i <= from && line.includes(query));
    const failed = query !== '' && index < 0;
    this.#search = {
      ...search,
      query,
      failed,
      index: failed ? search.index : index < 0 ? this.#history.length : index,
    };
    if (failed) return 'bell';
    if (index >= 0) {
      const text = this.#history[index]!;
      this.line = moveTo(lineOf(text), [...text.slice(0, text.indexOf(query))].length);
      this.#position = index;
    }
    return 'none';
  }
}
