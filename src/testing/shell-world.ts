/** A swarm for tests that is used as a person would: commands typed on its hosts, one after the other, and what they print. */
import { Screen } from '../cli/shell/screen.ts';
import { HOME } from '../cli/shell/shell.ts';
import { TerminalSession } from '../cli/shell/terminal-session.ts';
import { Cluster } from '../engine/cluster.ts';
import type { Fault } from '../protocol/faults.ts';
import { CommandRunner, completers } from '../worker/command-runner.ts';
import { WorldDriver } from '../worker/world-driver.ts';

const COLUMNS = 220;
const COMMAND_SECONDS = 120;
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export class ShellWorld {
  readonly cluster: Cluster;
  private readonly driver: WorldDriver;
  private readonly runner: CommandRunner;
  private readonly hosts: { name: string; address: string }[];

  constructor({ machines = 3, managers = 1, seed = 1 } = {}) {
    this.hosts = Array.from({ length: machines }, (_, i) => ({
      name: `node${i + 1}`,
      address: `192.168.99.${101 + i}`,
    }));
    this.cluster = Cluster.create({
      name: 'shells',
      title: 'shells',
      seed,
      profile: 'docker',
      hosts: this.hosts,
      managers,
      workers: machines - managers,
      services: [],
    });
    this.driver = new WorldDriver(this.cluster, { turn });
    this.runner = new CommandRunner(this.driver, this.hosts);
  }

  /** A file in the shells' directory of every host. */
  file(name: string, text: string): this {
    for (const host of this.hosts) this.runner.host(host.name)?.files.write(`${HOME}/${name}`, text);
    return this;
  }

  /** Lets virtual time pass. */
  async pass(seconds: number): Promise<void> {
    await this.driver.advance(this.cluster.now + Math.round(seconds * 1e6));
  }

  /** What a command leaves on the screen; `exit N` is its last line if it fails. */
  async run(host: string, command: string): Promise<string> {
    const { exit, screen } = await this.runner.run(host, command, COLUMNS, COMMAND_SECONDS);
    return [...screen, ...(exit === 0 ? [] : [`exit ${exit}`])].join('\n');
  }

  /** Commands on one host, of which none may fail. */
  async all(host: string, ...commands: string[]): Promise<void> {
    for (const command of commands) {
      const { exit, screen } = await this.runner.run(host, command, COLUMNS, COMMAND_SECONDS);
      if (exit !== 0) throw new Error(`${host}$ ${command}: ${screen.join('\n')}`);
    }
  }

  /** Repeats a command until its screen matches; gives that screen. */
  async until(host: string, command: string, pattern: RegExp, seconds = 120): Promise<string> {
    const end = this.cluster.now + seconds * 1e6;
    for (;;) {
      const screen = await this.run(host, command);
      if (pattern.test(screen)) return screen;
      if (this.cluster.now > end) throw new Error(`${host}$ ${command}: never ${pattern}, but ${screen}`);
      await this.pass(1);
    }
  }

  /** A terminal of a host, typed into; each piece has two seconds to show its effect. */
  terminal(host: string): { type(keys: string): Promise<void>; lines(): string[] } {
    const shell = this.runner.createShell(host);
    if (!shell) throw new Error(`no host named ${host}`);
    const screen = new Screen(COLUMNS, 50);
    const session = new TerminalSession(shell, completers, (bytes) => screen.write(bytes), COLUMNS, 50);
    const type = async (keys: string): Promise<void> => {
      session.input(keys);
      this.driver.touch();
      await this.pass(2);
    };
    return { type, lines: () => screen.lines().map((line) => line.trimEnd()) };
  }

  fault(fault: Fault): void {
    const result = this.cluster.fault(fault);
    if (!result.ok) throw new Error(result.error.message);
    this.driver.touch();
  }
}
