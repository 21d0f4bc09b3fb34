/**
 * One host's terminal: a prompt with an editable line, and the commands that are run from it, over a stream of bytes to and
 * from an xterm. What is typed while a command runs waits for it to read, or else for the next prompt.
 * Simplified: what waits is not echoed until somebody reads it, so that it does not disturb a display being redrawn.
 */
import type { CancelSignal } from '../../protocol/api.ts';
import type { Completer, OutputStream } from '../process.ts';
import { CancelSource } from './cancel.ts';
import { layOutColumns } from './columns.ts';
import { type Completions, commonPrefix, completeLine, displayNames, writeWord } from './completion.ts';
import { expandHistory } from './history-expansion.ts';
import { type Key, KeyDecoder } from './keys.ts';
import { type LineBuffer, replace, textBeforeCursor } from './line-buffer.ts';
import { LineEditor } from './line-editor.ts';
import { LinePainter } from './line-painter.ts';
import type { Shell } from './shell.ts';
import type { ShellInput } from './streams.ts';
import { parseShell } from './syntax.ts';

const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l';
const INTERRUPTED = 130;

/** More candidates than this are not listed without being narrowed down first. */
const MAX_LISTED = 200;

/** A line that is neither a command nor its output. Grey and not dim: half the contrast would be too little to read. */
export function noteLine(text: string): string {
  return `\x1b[90m${text.replaceAll('\n', '\r\n')}\x1b[39m\r\n`;
}

/** What the user had before him when a command was typed for him. */
interface Draft {
  pending: string;
  line: LineBuffer;
}

export class TerminalSession {
  readonly shell: Shell;
  /** Told of each command line that is run, before it is. */
  onCommand: (source: string) => void = () => {};
  /** Set where the session can be left (`exit`, Ctrl-D): told of its exit status. */
  onLeave: ((status: number) => void) | null = null;
  #completers: ReadonlyMap<string, Completer>;
  #write: (bytes: string) => void;
  #size: { columns: number; rows: number };
  #decoder = new KeyDecoder();
  #editor: LineEditor;
  #painter: LinePainter;
  #running: CancelSource | null = null;
  /** Lines of a command that is not complete yet. */
  #pending = '';
  /** Keys that wait for the running command to end or to read. */
  #waiting: Key[] = [];
  #input: TerminalInput;
  #typed: string[] = [];
  #draft: Draft | null = null;
  #notes: string[] = [];
  #lastTab: { text: string; pending: boolean; list: boolean } | null = null;

  /** `write` gets bytes for the terminal; `completers` complete the arguments of commands by name. */
  constructor(
    shell: Shell,
    completers: ReadonlyMap<string, Completer>,
    write: (bytes: string) => void,
    columns: number,
    rows: number,
  ) {
    this.shell = shell;
    this.#completers = completers;
    this.#write = write;
    this.#size = { columns, rows };
    this.#editor = new LineEditor(shell.history);
    this.#painter = new LinePainter(columns);
    this.#input = new TerminalInput(
      (text) => this.#print(text),
      () => this.#takeWaiting(),
    );
    shell.jobs.isInteractive = true;
    this.#write(PASTE_ON);
    this.#draw();
  }

  /** True while a command runs. */
  get isBusy(): boolean {
    return this.#running !== null;
  }

  /** Bytes from the terminal: keys and pastes. */
  input(data: string): void {
    if (this.#running && this.#input.isRaw) return this.#input.raw(data);
    for (const key of this.#decoder.decode(data)) {
      if (!this.#running) this.#handleKey(key);
      else if (key.kind === 'key' && key.name === 'ctrl-c') this.#interruptRunning();
      else this.#waiting.push(key);
    }
    if (this.#running) this.#takeWaiting();
  }

  resize(columns: number, rows: number): void {
    this.#size = { columns, rows };
    this.#write(this.#painter.resize(columns));
  }

  /** Types a command into the prompt and presses Enter, as soon as the current command has ended. */
  type(command: string): void {
    this.#typed.push(command);
    if (!this.#running) this.#nextTyped();
  }

  /** Prints a grey line above the prompt; what is being typed stays. While a command runs, the line waits for its end. */
  note(text: string): void {
    this.#notes.push(text);
    if (this.#running) return;
    this.#write(this.#painter.erase() + this.#takeNotes());
    this.#draw();
  }

  /** The machine is gone under it: what runs ends, what was still to be printed is printed, and nothing after it. */
  close(): void {
    this.#write((this.#running ? '\x1b[0m\r\n' : this.#painter.finish()) + PASTE_OFF + this.#takeNotes());
    this.#write = () => {};
    this.#waiting = [];
    this.#typed = [];
    this.#running?.abort();
    for (const job of this.shell.jobs.jobs) this.shell.jobs.kill(job, 1);
  }

  // --- the line ---------------------------------------------------------------------------------------------------------

  get #prompt(): string {
    if (this.#pending !== '') return '> ';
    return `\x1b[1;32mdocker@${this.shell.host.name}\x1b[0m:\x1b[1;34m${this.shell.promptDirectory}\x1b[0m$ `;
  }

  #draw(): void {
    const { chars, cursor } = this.#editor.line;
    this.#write(this.#painter.draw({ prompt: this.#editor.label ?? this.#prompt, chars, cursor }));
  }

  #takeNotes(): string {
    return this.#notes.splice(0).map(noteLine).join('');
  }

  #handleKey(key: Key): void {
    const lastTab = this.#lastTab;
    this.#lastTab = null;
    const action = this.#editor.handle(key);
    switch (action) {
      case 'accept':
        return this.#accept();
      case 'interrupt':
        return this.#abandonLine();
      case 'end-of-input':
        return this.#refuseToLeave();
      case 'clear-screen':
        this.#write('\x1b[H\x1b[2J');
        this.#painter.start();
        return this.#draw();
      case 'complete':
        return this.#complete(lastTab);
      case 'bell':
        this.#write('\x07');
        return this.#draw();
      case 'none':
        return this.#draw();
    }
  }

  /** Ctrl-C at the prompt. */
  #abandonLine(): void {
    this.#write(`\x1b[0m${this.#painter.finish().replace('\r\n', '^C\r\n')}`);
    this.#pending = '';
    this.shell.state.lastStatus = INTERRUPTED;
    this.#editor.reset();
    this.#draw();
  }

  /** Ctrl-D at the prompt. Simplified: a host's terminal does not close. */
  #refuseToLeave(): void {
    if (this.#pending !== '') return this.#abandonLine();
    if (this.onLeave) {
      this.#write(this.#painter.finish().replace('\r\n', 'logout\r\n'));
      return this.#leave();
    }
    this.#notes.push('This terminal stays open.');
    this.#write(this.#painter.finish() + this.#takeNotes());
    this.#draw();
  }

  #leave(): void {
    const leave = this.onLeave;
    this.#write = () => {};
    for (const job of this.shell.jobs.jobs) this.shell.jobs.kill(job, 1);
    leave?.(this.shell.state.lastStatus);
  }

  #accept(): void {
    this.#editor.line = { ...this.#editor.line, cursor: this.#editor.line.chars.length };
    this.#draw();
    this.#write(this.#painter.finish());
    const expanded = expandHistory(this.#editor.text, this.shell.history);
    this.#editor.reset();
    if (!expanded.ok) {
      this.#write(`bash: ${expanded.error.message}\r\n`);
      this.#pending = '';
      return this.#draw();
    }
    if (expanded.changed) this.#write(`${expanded.text.replaceAll('\n', '\r\n')}\r\n`);
    const source = this.#pending === '' ? expanded.text : `${this.#pending}\n${expanded.text}`;
    if (source.trim() === '') {
      this.#pending = '';
      this.#write(this.shell.jobs.takeEnded().replaceAll('\n', '\r\n'));
      return this.#draw();
    }
    const parsed = parseShell(source);
    if (!parsed.ok && parsed.error.kind === 'incomplete') {
      this.#pending = source;
      return this.#draw();
    }
    this.#pending = '';
    this.#remember(source);
    void this.#run(source);
  }

  /** As bash with `HISTCONTROL=ignoreboth`. */
  #remember(source: string): void {
    const { history } = this.shell;
    if (source.startsWith(' ') || history.at(-1) === source) return;
    history.push(source);
  }

  // --- running ----------------------------------------------------------------------------------------------------------

  async #run(source: string): Promise<void> {
    const running = new CancelSource();
    this.#running = running;
    this.onCommand(source);
    this.#write(PASTE_OFF);
    const output = this.#output();
    this.#input.open(running.signal);
    await this.shell.execute(source, { stdin: this.#input, stdout: output, stderr: output, signal: running.signal });
    this.#input.close();
    this.#print(this.shell.jobs.takeEnded());
    this.#running = null;
    if (this.onLeave && this.shell.hasExited) {
      this.#write('logout\r\n');
      return this.#leave();
    }
    this.#write(PASTE_ON + this.#takeNotes());
    this.#editor.reset();
    if (this.#draft && this.#typed.length === 0) this.#restoreDraft(this.#draft);
    this.#draw();
    this.#nextTyped();
    if (!this.#running) this.#takeWaiting();
  }

  #output(): OutputStream {
    const size = (): { columns: number; rows: number } => this.#size;
    return {
      closed: false,
      get terminal() {
        return size();
      },
      write: (text) => this.#print(text),
    };
  }

  /** The line discipline: a line feed also returns the carriage. */
  #print(text: string): void {
    if (text === '') return;
    const bytes = text.replace(/\r?\n/g, '\r\n');
    if (this.#running) return this.#write(bytes);
    // A job in the background prints above the line that is being typed.
    this.#write(this.#painter.erase() + bytes + (text.endsWith('\n') ? '' : '\r\n'));
    this.#draw();
  }

  #interruptRunning(): void {
    this.#waiting = [];
    this.#typed = [];
    this.#write('^C\r\n');
    this.#running?.abort();
  }

  /** Gives waiting keys to a program that reads, or to the prompt. */
  #takeWaiting(): void {
    while (this.#waiting.length > 0) {
      if (this.#running && !this.#input.isWanted) return;
      const key = this.#waiting.shift()!;
      if (this.#running) this.#input.key(key);
      else this.#handleKey(key);
    }
  }

  #nextTyped(): void {
    const command = this.#typed.shift();
    if (command === undefined) return;
    this.#draft ??= { pending: this.#pending, line: this.#editor.line };
    this.#pending = '';
    this.#editor.reset({ chars: [...command], cursor: 0 });
    this.#accept();
    if (!this.#running) this.#nextTyped();
  }

  #restoreDraft(draft: Draft): void {
    this.#draft = null;
    this.#pending = draft.pending;
    this.#editor.reset(draft.line);
  }

  // --- completion -------------------------------------------------------------------------------------------------------

  #complete(lastTab: { text: string; pending: boolean; list: boolean } | null): void {
    const text = textBeforeCursor(this.#editor.line);
    const again = lastTab?.text === text;
    if (again && lastTab.pending) {
      lastTab.list = true;
      this.#lastTab = lastTab;
      return;
    }
    const tab = { text, pending: true, list: again };
    this.#lastTab = tab;
    void completeLine(text, this.shell, this.#completers).then((completions) => {
      tab.pending = false;
      const unchanged = !this.#running && textBeforeCursor(this.#editor.line) === text && !this.#editor.label;
      if (unchanged) this.#applyCompletions(completions, tab);
    });
  }

  #applyCompletions({ context, candidates }: Completions, tab: { text: string; list: boolean }): void {
    const word = context.words.at(-1)!;
    const common = commonPrefix(candidates);
    const isWhole = candidates.length === 1;
    if (isWhole || common.length > word.length) {
      const { line } = this.#editor;
      this.#editor.line = replace(line, context.start, line.cursor, writeWord(common, context, isWhole));
      this.#draw();
    } else if (candidates.length > 1 && tab.list) this.#listCandidates(candidates, word);
    else this.#write('\x07');
  }

  #listCandidates(candidates: string[], word: string): void {
    const shown = displayNames(candidates.slice(0, MAX_LISTED), word);
    const rest = candidates.length - shown.length;
    const list = layOutColumns(shown, this.#size.columns) + (rest > 0 ? `... and ${rest} more\n` : '');
    const { line } = this.#editor;
    this.#write(this.#painter.finish() + list.replaceAll('\n', '\r\n'));
    this.#editor.line = line;
    this.#draw();
  }
}

/** The terminal as a program reads it: line by line, with echo and Backspace, as a terminal's line discipline does it. */
class TerminalInput implements ShellInput {
  readonly isTerminal = true;
  #print: (text: string) => void;
  #onWanted: () => void;
  #line: string[] = [];
  #ready = '';
  #ended = false;
  #signal: CancelSignal | null = null;
  #wake: (() => void) | null = null;
  /** Keys go to the program as they are. */
  isRaw = false;

  constructor(print: (text: string) => void, onWanted: () => void) {
    this.#print = print;
    this.#onWanted = onWanted;
  }

  /** A program reads and has nothing yet. */
  get isWanted(): boolean {
    return this.#wake !== null;
  }

  open(signal: CancelSignal): void {
    this.#signal = signal;
    this.isRaw = false;
    this.#line = [];
    this.#ready = '';
    this.#ended = false;
  }

  close(): void {
    this.#signal = null;
    this.isRaw = false;
    this.#wake?.();
  }

  setRaw(isRaw: boolean): void {
    this.isRaw = isRaw;
  }

  raw(data: string): void {
    this.#ready += data;
    this.#wake?.();
  }

  key(key: Key): void {
    if (key.kind !== 'key') {
      const lines = key.text.split('\n');
      lines.forEach((text, index) => {
        this.#line.push(...text);
        this.#print(text);
        if (index < lines.length - 1) this.#endLine('\n');
      });
    } else if (key.name === 'enter') this.#endLine('\n');
    else if (key.name === 'ctrl-d') {
      this.#ended = this.#line.length === 0;
      this.#endLine('');
    } else if (key.name === 'backspace' && this.#line.pop() !== undefined) this.#print('\b \b');
    else if (key.name === 'ctrl-u') {
      this.#print('\b \b'.repeat(this.#line.length));
      this.#line = [];
    }
  }

  #endLine(terminator: string): void {
    this.#print(terminator);
    this.#ready += this.#line.join('') + terminator;
    this.#line = [];
    this.#wake?.();
  }

  async read(signal?: CancelSignal): Promise<string | null> {
    const isOver = (): boolean =>
      this.#ended || this.#signal === null || this.#signal.aborted || (signal?.aborted ?? false);
    while (this.#ready === '' && !isOver()) await this.#wait(signal);
    const text = this.#ready;
    this.#ready = '';
    if (text === '') this.#ended = false;
    return text === '' ? null : text;
  }

  #wait(signal?: CancelSignal): Promise<void> {
    return new Promise((resolve) => {
      const signals = [signal, this.#signal].filter((each) => each !== null && each !== undefined);
      const wake = (): void => {
        this.#wake = null;
        for (const each of signals) each.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      for (const each of signals) each.addEventListener('abort', wake);
      this.#onWanted();
    });
  }

  unread(text: string): void {
    this.#ready = text + this.#ready;
  }
}
