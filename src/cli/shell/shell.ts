/**
 * The shell of one host: keeps its variables, directory and history, and runs command lines in virtual time.
 * Source of its behaviour: bash(1). The host is a boot2docker-like machine with the user `docker`.
 */
import type { CancelSignal } from '../../protocol/api.ts';
import type { HostContext, InputStream, OutputStream, Program } from '../process.ts';
import { builtins } from './builtins/registry.ts';
import { Interpreter } from './interpreter.ts';
import { JobTable } from './jobs.ts';
import { ShellState } from './shell-state.ts';
import { tools } from './tools/registry.ts';

/** Where a command line reads and writes. */
export interface ShellIo {
  stdin: InputStream;
  stdout: OutputStream;
  stderr: OutputStream;
  /** Ctrl-C. */
  signal: CancelSignal;
}

export const HOME = '/home/docker';

export class Shell {
  readonly host: HostContext;
  readonly state: ShellState;
  readonly jobs = new JobTable();
  /** The last command line ended with `exit`. */
  hasExited = false;
  readonly #interpreter: Interpreter;
  readonly #programs: ReadonlyMap<string, Program>;

  /** `programs` come on top of the shell's own tools: `docker`. */
  constructor(host: HostContext, programs: ReadonlyMap<string, Program>) {
    this.host = host;
    this.#programs = new Map([...tools, ...programs]);
    this.state = new ShellState(HOME);
    host.files.makeDirectory(HOME);
    const environment: [string, string][] = [
      ['HOME', HOME],
      ['HOSTNAME', host.name],
      ['LANG', 'C.UTF-8'],
      ['LOGNAME', 'docker'],
      ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ['PWD', HOME],
      ['SHELL', '/bin/bash'],
      ['TERM', 'xterm-256color'],
      ['USER', 'docker'],
    ];
    for (const [name, value] of environment) this.state.set(name, value, true);
    this.#interpreter = new Interpreter({ host, programs: this.#programs, builtins, jobs: this.jobs }, this.state);
  }

  /** Runs a command line (or several lines) to its end; the result is its exit status. */
  async execute(commandLine: string, io: ShellIo): Promise<number> {
    const terminal = io.stdout.terminal;
    if (terminal) {
      this.state.set('COLUMNS', String(terminal.columns));
      this.state.set('LINES', String(terminal.rows));
    }
    this.#interpreter.unwinding = null;
    const status = await this.#interpreter.runSource(commandLine, io);
    // A host's own terminal does not close: its session simply goes on. One over ssh ends.
    this.hasExited = this.#interpreter.isExiting;
    this.#interpreter.unwinding = null;
    return status;
  }

  /** The environment that programs get. */
  get env(): ReadonlyMap<string, string> {
    return this.state.environment();
  }

  get cwd(): string {
    return this.state.cwd;
  }

  get history(): string[] {
    return this.state.history;
  }

  /** Names that can be run, for completion. */
  commandNames(): string[] {
    return [...new Set([...builtins.keys(), ...this.#programs.keys(), ...this.state.functions.keys()])].sort();
  }

  /** The directory as the prompt shows it. */
  get promptDirectory(): string {
    const { cwd } = this.state;
    return cwd === HOME || cwd.startsWith(`${HOME}/`) ? `~${cwd.slice(HOME.length)}` : cwd;
  }
}
