/**
 * The terminal of one machine: a session of a shell while there is power. Without it what ran is over, a line says why, and keys go
 * nowhere; with power again there is a new prompt.
 */
import { noteLine, TerminalSession } from '../cli/shell/terminal-session.ts';
import { type CommandRunner, completers } from './command-runner.ts';

export interface TerminalSize {
  columns: number;
  rows: number;
}

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

export class HostTerminal {
  readonly host: string;
  readonly #runner: CommandRunner;
  readonly #write: (bytes: string) => void;
  #size: TerminalSize;
  /** Null while the machine has no power. */
  #session: TerminalSession | null = null;
  /** Simplified: bash would lose what was typed since it began; here the arrow keys still find it after a power cut. */
  #history: string[] = [];

  /** Told of each command line that is run here. */
  readonly #onCommand: (source: string) => void;

  constructor(
    host: string,
    runner: CommandRunner,
    write: (bytes: string) => void,
    size: TerminalSize,
    power: boolean,
    onCommand: (source: string) => void = () => {},
  ) {
    this.#onCommand = onCommand;
    this.host = host;
    this.#runner = runner;
    this.#write = write;
    this.#size = size;
    if (power) this.#begin();
    else this.#sayDark();
  }

  /** The machine's power now. */
  setPower(on: boolean): void {
    if (on === (this.#session !== null)) return;
    if (on) {
      this.#write(SHOW_CURSOR);
      this.#begin();
      return;
    }
    this.#session?.close();
    this.#session = null;
    this.#sayDark();
  }

  /** Keys and pastes. */
  input(data: string): void {
    this.#session?.input(data);
  }

  /** Types a command and presses Enter. */
  type(command: string): void {
    this.#session?.type(command);
  }

  /** Prints a line that is no command. */
  note(text: string): void {
    if (this.#session) this.#session.note(text);
    else this.#write(noteLine(text));
  }

  resize({ columns, rows }: TerminalSize): void {
    this.#size = { columns, rows };
    this.#session?.resize(columns, rows);
  }

  #begin(): void {
    const shell = this.#runner.createShell(this.host);
    if (!shell) throw new Error(`no host is named ${this.host}`);
    shell.history.push(...this.#history);
    this.#history = shell.history;
    this.#session = new TerminalSession(shell, completers, this.#write, this.#size.columns, this.#size.rows);
    this.#session.onCommand = this.#onCommand;
  }

  #sayDark(): void {
    this.#write(HIDE_CURSOR + noteLine(`${this.host} has no power`));
  }
}
