/**
 * A user in front of a simulated swarm's terminals, for tests that read like a session: types commands on hosts, makes things go
 * wrong, waits, and looks at the screen. Everything goes through the command line, as it does for people.
 */
import { HOME } from '../../cli/shell/shell.ts';
import { Cluster } from '../../engine/cluster.ts';
import type { ApiRequest, ApiResponse } from '../../protocol/api.ts';
import type { TraceEvent } from '../../protocol/events.ts';
import type { Fault } from '../../protocol/faults.ts';
import type { Start } from '../../protocol/start.ts';
import { CommandRunner } from '../../worker/command-runner.ts';
import { WorldDriver } from '../../worker/world-driver.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A command that has not ended after so many virtual seconds gets Ctrl-C. */
const PATIENCE_SECONDS = 300;
const COLUMNS = 200;

export interface Seen {
  readonly exit: number;
  /** Lines of the screen, joined. */
  readonly screen: string;
}

/** Hosts `node1`, `node2` ...; the first `managers` lead, the next `workers` work, `spare` ones are in no swarm. */
export function swarmOf(managers: number, workers: number, spare = 0, seed = 1): User {
  const hosts = Array.from({ length: managers + workers + spare }, (_, i) => ({
    name: `node${i + 1}`,
    address: `192.168.99.${101 + i}`,
  }));
  const start: Start = { name: 'user', title: '', seed, profile: 'docker', hosts, managers, workers, services: [] };
  return new User(Cluster.create(start), start);
}

export class User {
  readonly world: Cluster;
  readonly #driver: WorldDriver;
  readonly #runner: CommandRunner;

  constructor(world: Cluster, start: Start) {
    this.world = world;
    this.#driver = new WorldDriver(world, { turn });
    this.#runner = new CommandRunner(this.#driver, start.hosts);
  }

  /** Types a command, and reads the screen when it has ended. */
  async run(host: string, command: string, limitSeconds = PATIENCE_SECONDS): Promise<Seen> {
    const { exit, screen } = await this.#runner.run(host, command, COLUMNS, limitSeconds);
    return { exit, screen: screen.join('\n').trimEnd() };
  }

  /** Types a command that goes on while the user does something on other hosts; `stop` is Ctrl-C. */
  start(host: string, command: string): { stop(): Promise<Seen> } {
    const running = this.#runner.start(host, command, COLUMNS);
    if (!running) throw new Error(`no host named ${host}`);
    const stop = async (): Promise<Seen> => {
      running.interrupt();
      await this.#driver.settle(running.ended, this.world.now + 1e6);
      const { exit, screen } = await running.ended;
      return { exit, screen: screen.join('\n').trimEnd() };
    };
    return { stop };
  }

  /** From now on notes which messages of this kind arrive: `KIND FROM-TO`. */
  listen(prefix: string): ReadonlySet<string> {
    const heard = new Set<string>();
    const { hardware } = this.world;
    const deliver = hardware.onMessage;
    hardware.onMessage = (envelope) => {
      const kind = envelope.kind.replace(/^relay\./, '');
      if (kind.startsWith(prefix)) heard.add(`${kind} ${envelope.from}-${envelope.to}`);
      deliver(envelope);
    };
    return heard;
  }

  /** Sends a request of the Engine API; the answer's head, or null if none has come after `limitSeconds`. */
  async ask(host: string, request: ApiRequest, limitSeconds = 30): Promise<ApiResponse | null> {
    const { response, done } = this.#driver.client(host).stream(request, () => {});
    const answer = response.catch(() => null); // Nobody answers there.
    done.catch(() => {}); // How a stream ends is not looked at.
    await this.#driver.settle(answer, this.world.now + limitSeconds * 1e6);
    return Promise.race([answer, turn().then(() => null)]);
  }

  /** A command that must succeed; its screen. */
  async ok(host: string, command: string): Promise<string> {
    const { exit, screen } = await this.run(host, command);
    if (exit !== 0) throw new Error(`${host}$ ${command}\nexit ${exit}\n${screen}`);
    return screen;
  }

  /** A command that must be refused; its screen. */
  async refused(host: string, command: string): Promise<string> {
    const { exit, screen } = await this.run(host, command);
    if (exit === 0) throw new Error(`${host}$ ${command}\nwas not refused\n${screen}`);
    return screen;
  }

  /** Puts a file into the host's home. */
  file(host: string, name: string, text: string): void {
    this.#runner.host(host)?.files.write(`${HOME}/${name}`, text);
  }

  fault(fault: Fault): void {
    const result = this.world.fault(fault);
    if (!result.ok) throw new Error(`${fault.kind}: ${result.error.message}`);
    this.#driver.touch();
  }

  powerOff(machine: string): void {
    this.fault({ kind: 'power-off', machine });
  }

  powerOn(machine: string): void {
    this.fault({ kind: 'power-on', machine });
  }

  async wait(seconds: number): Promise<void> {
    await this.#driver.advance(this.world.now + Math.round(seconds * 1e6));
  }

  /** Repeats a command until its screen matches; the last screen. */
  async until(host: string, command: string, pattern: RegExp, limitSeconds = 120): Promise<string> {
    const limit = this.world.now + limitSeconds * 1e6;
    for (;;) {
      const { screen } = await this.run(host, command);
      if (pattern.test(screen)) return screen;
      if (this.world.now > limit) throw new Error(`${host}$ ${command}\nnever matched ${pattern}\n${screen}`);
      await this.wait(0.5);
    }
  }

  /** Seconds of virtual time. */
  get now(): number {
    return this.world.now / 1e6;
  }

  /** What has been traced of this kind since the last look. */
  events(kind: string): TraceEvent[] {
    return [...this.world.events()].filter((event) => event.kind === kind);
  }
}
