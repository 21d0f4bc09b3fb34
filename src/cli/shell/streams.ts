/**
 * Streams between programs: a pipe in memory, text to read, text to collect, a file to write.
 * A pipe is broken for its writer, as with SIGPIPE, when it writes and nobody can read any more.
 */
import type { CancelSignal } from '../../protocol/api.ts';
import type { FileSystem, InputStream, OutputStream } from '../process.ts';

/** An input that takes back what was read too far (`read` in a loop takes one line of a chunk). */
export interface ShellInput extends InputStream {
  unread(text: string): void;
}

/** Both ends of `|`. */
export class Pipe implements ShellInput, OutputStream {
  readonly isTerminal = false;
  readonly terminal = null;
  #text = '';
  #ended = false;
  #readerGone = false;
  #wake: (() => void) | null = null;
  #onBroken: () => void;

  constructor(onBroken: () => void) {
    this.#onBroken = onBroken;
  }

  get closed(): boolean {
    return this.#readerGone;
  }

  write(text: string): void {
    if (text === '') return;
    if (this.#readerGone) {
      this.#onBroken();
      return;
    }
    this.#text += text;
    this.#wake?.();
  }

  /** The writer has ended: the reader gets what is left, then the end. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** The reader has ended. */
  closeReader(): void {
    this.#readerGone = true;
    this.#text = '';
  }

  async read(signal?: CancelSignal): Promise<string | null> {
    while (this.#text === '' && !this.#ended && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#wake = null;
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        this.#wake = wake;
        signal?.addEventListener('abort', wake);
      });
    }
    if (this.#text === '' || signal?.aborted) return null;
    const text = this.#text;
    this.#text = '';
    return text;
  }

  unread(text: string): void {
    this.#text = text + this.#text;
  }
}

/** Text that is all there: a file, a here document, `/dev/null`. */
export class TextInput implements ShellInput {
  readonly isTerminal = false;
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  async read(): Promise<string | null> {
    const text = this.#text;
    this.#text = '';
    return text === '' ? null : text;
  }

  unread(text: string): void {
    this.#text = text + this.#text;
  }
}

/** Collects what is written: `$(...)`, and tests. */
export class Capture implements OutputStream {
  readonly closed = false;
  readonly terminal: { columns: number; rows: number } | null;
  text = '';

  constructor(terminal: { columns: number; rows: number } | null = null) {
    this.terminal = terminal;
  }

  write(text: string): void {
    this.text += text;
  }
}

/** `/dev/null` for writers. */
export const nowhere: OutputStream = { closed: false, terminal: null, write: () => {} };

/** A file being written. */
export class FileOutput implements OutputStream {
  readonly closed = false;
  readonly terminal = null;
  #files: FileSystem;
  #path: string;

  constructor(files: FileSystem, path: string, append: boolean) {
    this.#files = files;
    this.#path = path;
    if (!append || files.read(path) === null) files.write(path, '');
  }

  write(text: string): void {
    if (text !== '') this.#files.write(this.#path, (this.#files.read(this.#path) ?? '') + text);
  }
}

/** What one program writes through, so that a program that was given up can no longer be heard. */
export class GuardedOutput implements OutputStream {
  #target: OutputStream;
  #cut = false;

  constructor(target: OutputStream) {
    this.#target = target;
  }

  get closed(): boolean {
    return this.#cut || this.#target.closed;
  }

  get terminal(): { columns: number; rows: number } | null {
    return this.#target.terminal;
  }

  write(text: string): void {
    if (!this.#cut) this.#target.write(text);
  }

  cut(): void {
    this.#cut = true;
  }
}
