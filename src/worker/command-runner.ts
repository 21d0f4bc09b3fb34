/**
 * Hosts as their shells see them, on top of the driver: files, programs, one terminal or script at a time. `run` plays a single
 * command the way a person would: in a terminal of so many columns, looking at the screen when it has ended.
 */
import { completeDocker, docker } from '../cli/docker/docker.ts';
import { completeDockerMachine, dockerMachine } from '../cli/machine/docker-machine.ts';
import { netTools } from '../cli/net/net-tools.ts';
import type { Completer, HostContext, Machine, OutputStream, Program } from '../cli/process.ts';
import { CancelSource } from '../cli/shell/cancel.ts';
import { createHostFiles, MemoryFiles } from '../cli/shell/memory-files.ts';
import { Screen } from '../cli/shell/screen.ts';
import { HOME, Shell } from '../cli/shell/shell.ts';
import { TextInput } from '../cli/shell/streams.ts';
import { TerminalSession } from '../cli/shell/terminal-session.ts';
import type { WorldDriver } from './world-driver.ts';

/** Programs on top of the shell's own. */
export const programs: ReadonlyMap<string, Program> = new Map([
  ['docker', docker],
  ['docker-machine', dockerMachine],
  ...netTools,
]);

/** What completes their arguments. */
export const completers: ReadonlyMap<string, Completer> = new Map([
  ['docker', completeDocker],
  ['docker-machine', completeDockerMachine],
]);

/** What a command left on the screen. */
export interface CommandResult {
  exit: number;
  screen: string[];
}

/** Makes hosts and shells; remembers each host's files. */
export class CommandRunner {
  readonly driver: WorldDriver;
  #hosts = new Map<string, HostContext>();
  #shells = new Map<string, Shell>();
  /** Told when a program has acted on a machine's power or daemon. */
  onFault: () => void = () => {};

  /** `homeFiles`: what each host's home has in it from the beginning. */
  constructor(
    driver: WorldDriver,
    hosts: readonly { name: string; address: string }[],
    homeFiles: Readonly<Record<string, string>> = {},
  ) {
    this.driver = driver;
    const machines = hosts.map(({ name, address }) => this.#machine(name, address));
    for (const { name, address } of hosts) {
      const files = new MemoryFiles(createHostFiles(name, address, driver.clock.now()), () => driver.clock.now());
      for (const [file, text] of Object.entries(homeFiles)) files.write(`${HOME}/${file}`, text);
      const network = driver.network({ machine: name });
      const api = driver.client(name);
      this.#hosts.set(name, { name, address, api, clock: driver.clock, files, network, machines });
    }
  }

  host(name: string): HostContext | undefined {
    return this.#hosts.get(name);
  }

  /** A shell of its own on a host: what one terminal sets, another does not see. */
  createShell(host: string): Shell | null {
    const context = this.#hosts.get(host);
    return context ? new Shell(context, programs) : null;
  }

  /** A machine as `docker-machine` has it. */
  #machine(name: string, address: string): Machine {
    const { driver } = this;
    return {
      name,
      address,
      api: driver.client(name),
      state: () => {
        const machine = driver.world.snapshot().machines.find((view) => view.name === name);
        if (!machine) throw new Error(`no machine is named ${name}`);
        return { power: machine.power, daemon: machine.daemon, cable: machine.cable };
      },
      act: (kind) => {
        const result = driver.fault({ kind, machine: name });
        this.onFault();
        return result.ok ? null : result.error.message;
      },
      run: (commandLine, streams) => this.#newShell(name).execute(commandLine, streams),
      logIn: (write, { columns, rows }) => {
        const session = new TerminalSession(this.#newShell(name), completers, write, columns, rows);
        const left = new Promise<number>((resolve) => {
          session.onLeave = resolve;
        });
        return { left, input: (data) => session.input(data), close: () => session.close() };
      },
    };
  }

  #newShell(host: string): Shell {
    const shell = this.createShell(host);
    if (!shell) throw new Error(`no host is named ${host}`);
    return shell;
  }

  /** Starts a command in the host's shell for scripts, which keeps its variables and directory from one command to the next. */
  start(host: string, command: string, columns: number): { ended: Promise<CommandResult>; interrupt(): void } | null {
    const shell = this.#shells.get(host) ?? this.createShell(host);
    if (!shell) return null;
    this.#shells.set(host, shell);
    const screen = new Screen(columns);
    const output: OutputStream = {
      closed: false,
      terminal: { columns, rows: screen.rowCount },
      write: (text) => screen.write(text),
    };
    const source = new CancelSource();
    this.driver.touch();
    const io = { stdin: new TextInput(''), stdout: output, stderr: output, signal: source.signal };
    const ended = shell.execute(command, io).then((exit) => ({ exit, screen: screen.lines() }));
    return {
      ended,
      interrupt: () => {
        source.abort();
        this.driver.touch();
      },
    };
  }

  /** Runs a command to its end, advancing the world by itself; after `limitSeconds` of virtual time it gets Ctrl-C. */
  async run(host: string, command: string, columns: number, limitSeconds: number): Promise<CommandResult> {
    const running = this.start(host, command, columns);
    if (!running) throw new Error(`no host named ${host}`);
    const limit = this.driver.world.now + limitSeconds * 1_000_000;
    if (!(await this.driver.settle(running.ended, limit))) {
      running.interrupt();
      await this.driver.settle(running.ended, limit + 1_000_000);
    }
    return running.ended;
  }
}
