/**
 * One seeded run: a random cluster under random commands and faults with checkers after every event (safety), then everything
 * is mended and must come to rest within a bound (liveness). The same seed gives the same run.
 */
import { Cluster } from '../engine/cluster.ts';
import { Random, seedStream } from '../engine/kernel/random.ts';
import type { ApiRequest } from '../protocol/api.ts';
import type { Micros } from '../protocol/events.ts';
import type { Fault } from '../protocol/faults.ts';
import type { Start, TimingProfile } from '../protocol/start.ts';
import { Invariants } from './checkers/invariants.ts';
import { Violation } from './checkers/violation.ts';
import { type StormGround, sendEntriesOneByOne, stormElections } from './election-storm.ts';

export interface SimulationOptions {
  seed: number;
  /** Virtual minutes, healing included. */
  minutes: number;
  managers: number;
  workers: number;
  /** `mixed` (when absent): all faults, evenly over time; `elections`: leaders are struck as soon as they are elected. */
  profile?: FaultProfile;
  /** Leaves out the look at the disks, so that it can be seen what a broken promise leads to. */
  ignoreDisks?: boolean;
}

export type FaultProfile = 'mixed' | 'elections';

/**
 * Size and length go by the seed: three or five managers, none to three workers, ten minutes. Storms of elections need five
 * managers, and have the fast timing of the paper or, every other one, swarm's own, in which a restart is shorter than a term.
 */
export function optionsOfSeed(seed: number, profile: FaultProfile = 'mixed'): SimulationOptions {
  if (profile === 'elections')
    return { seed, minutes: timingOf(seed, profile) === 'paper' ? 2 : 10, managers: 5, workers: 0, profile };
  return { seed, minutes: 10, managers: seed % 2 === 0 ? 5 : 3, workers: seed % 4 };
}

function timingOf(seed: number, profile: FaultProfile): TimingProfile {
  return profile === 'elections' && seed % 2 === 1 ? 'paper' : 'docker';
}

/** What to type to see a run again. */
export function replayCommand({ seed, minutes, managers, workers, profile }: SimulationOptions): string {
  const size = `--minutes ${minutes} --managers ${managers} --workers ${workers}`;
  return `npm run simulate -- --from ${seed} --seeds 1 ${size}${profile ? ` --profile ${profile}` : ''}`;
}

export interface SimulationResult {
  seed: number;
  violation: { invariant: string; message: string; at: number; event: number } | null;
  virtualSeconds: number;
  events: number;
  faults: number;
  elections: number;
  hash: string;
}

/** After the last fault is mended everything must be at rest within this: elections, grace of unknown nodes, restart delays. */
const SETTLE_SECONDS: Readonly<Record<TimingProfile, number>> = { docker: 150, paper: 40 };
/** Within this somebody is elected, if anybody can be. */
const PATIENCE: Readonly<Record<TimingProfile, Micros>> = { docker: 45_000_000, paper: 1_500_000 };
const SECOND = 1_000_000;

/** What is broken when the engine itself has noticed that something cannot be, and stopped. */
export const ENGINE_ASSERTION = 'engine assertion';

export function simulate(options: SimulationOptions): SimulationResult {
  let run: Run | null = null;
  let violation: SimulationResult['violation'] = null;
  try {
    run = new Run(options);
    run.faultPhase();
    run.heal();
    run.settle();
  } catch (error) {
    violation = {
      invariant: error instanceof Violation ? error.invariant : ENGINE_ASSERTION,
      message: error instanceof Violation ? error.message : `${ENGINE_ASSERTION}: ${(error as Error).stack ?? error}`,
      at: (run?.cluster.now ?? 0) / SECOND,
      event: run?.cluster.executed ?? 0,
    };
  }
  return {
    seed: options.seed,
    violation,
    virtualSeconds: (run?.cluster.now ?? 0) / SECOND,
    events: run?.cluster.executed ?? 0,
    faults: run?.faults ?? 0,
    elections: run?.elections ?? 0,
    hash: run?.cluster.eventHash ?? '',
  };
}

class Run {
  readonly cluster: Cluster;
  faults = 0;
  elections = 0;
  private readonly options: SimulationOptions;
  private readonly profile: FaultProfile;
  private readonly timing: TimingProfile;
  private readonly dice: Random;
  private readonly invariants: Invariants;
  private services = 0;

  constructor(options: SimulationOptions) {
    this.options = options;
    this.profile = options.profile ?? 'mixed';
    this.timing = timingOf(options.seed, this.profile);
    this.dice = new Random(seedStream(options.seed, 'simulation'));
    this.cluster = Cluster.create(startOf(options));
    this.invariants = new Invariants(this.cluster, options);
    this.cluster.kernel.onEvent((event) => {
      if (event.kind === 'raft.election.started') this.elections++;
    });
  }

  faultPhase(): void {
    const end = (this.options.minutes * 60 - SETTLE_SECONDS[this.timing]) * SECOND;
    if (this.profile === 'elections') return this.storm(end);
    while (this.cluster.now < end) {
      this.advance(this.cluster.now + this.dice.between(200_000, 12 * SECOND));
      if (this.dice.chance(0.6)) this.randomFault();
      else this.randomCommand();
    }
  }

  private storm(end: Micros): void {
    const ground: StormGround = {
      cluster: this.cluster,
      dice: this.dice,
      advance: (until, stop) => this.advance(until, stop),
      fault: (fault) => this.fault(fault),
      command: () => this.randomCommand(),
    };
    stormElections(ground, end, PATIENCE[this.timing]);
  }

  /** Power, daemons, cables and links: all in order again. */
  heal(): void {
    for (const machine of this.cluster.machines) {
      const { name } = machine;
      this.cluster.fault({ kind: 'power-on', machine: name });
      this.cluster.fault({ kind: 'daemon-start', machine: name });
      this.cluster.fault({ kind: 'cable-mend', machine: name });
      for (const other of this.cluster.machines) {
        if (other.name === name) continue;
        this.cluster.fault({ kind: 'link-mend', from: name, to: other.name });
        this.cluster.fault({ kind: 'link-quality', from: name, to: other.name, delayMs: 0.2, jitterMs: 0.2, loss: 0 });
      }
    }
  }

  settle(): void {
    const seconds = SETTLE_SECONDS[this.timing];
    const end = this.cluster.now + seconds * SECOND;
    let why: string | null = 'not looked at';
    while (this.cluster.now < end) {
      this.advance(this.cluster.now + SECOND);
      why = this.unsettled();
    }
    if (why) throw new Violation('converges', `${seconds} s after everything was mended: ${why}`);
  }

  /** Runs to `until`, or until right after the event that makes `stop` true. */
  private advance(until: Micros, stop?: () => boolean): void {
    const { kernel } = this.cluster;
    while (!stop?.() && this.runNext(until)) {
      // The checkers look after every event.
    }
    if (!stop?.()) kernel.passTo(until);
    this.cluster.takeReplies();
    this.cluster.takeEvents();
  }

  private runNext(until: Micros): boolean {
    if (this.profile === 'elections') sendEntriesOneByOne(this.cluster);
    if (!this.cluster.kernel.runNext(until)) return false;
    this.invariants.observe();
    return true;
  }

  private fault(fault: Fault): void {
    if (this.cluster.fault(fault).ok) this.faults++;
  }

  /** What is still not as it should be, or null. */
  private unsettled(): string | null {
    const leaders = this.cluster.machines.filter((machine) => machine.swarm.manager?.isLeading);
    if (leaders.length !== 1) return `${leaders.length} leaders`;
    const leader = leaders[0]!.swarm.manager!;
    const applied = leader.raftNode.raft.state.log.applied;
    for (const { name, swarm } of this.cluster.machines) {
      const { manager } = swarm;
      if (!manager) continue;
      const { raft } = manager.raftNode;
      if (raft.state.log.applied < applied - 3) return `${name} has applied ${raft.state.log.applied} of ${applied}`;
      if (raft.state.log.applied === applied && manager.store.count('task') !== leader.store.count('task'))
        return `${name} holds other tasks than the leader`;
    }
    for (const node of leader.store.all('node')) {
      if (node.status.state !== 'ready') return `node ${node.description?.hostname} is ${node.status.state}`;
      if (node.role !== node.spec.desiredRole)
        return `node ${node.description?.hostname} is not yet ${node.spec.desiredRole}`;
    }
    const eligible = [...leader.store.all('node')].filter((node) => node.spec.availability === 'active').length;
    for (const service of leader.store.all('service')) {
      if (service.spec.mode.kind !== 'replicated' || eligible === 0) continue;
      const running = leader.store
        .tasksOfService(service.id)
        .filter((task) => task.status.state === 512 && task.desiredState === 512).length;
      if (running !== service.spec.mode.replicas)
        return `${service.spec.annotations.name} runs ${running} of ${service.spec.mode.replicas}`;
    }
    return null;
  }

  private randomFault(): void {
    const { machines } = this.cluster;
    const machine = this.pick(machines).name;
    const other = this.pick(machines.filter(({ name }) => name !== machine)).name;
    const faults: Fault[] = [
      { kind: 'power-off', machine },
      { kind: 'power-on', machine },
      { kind: 'power-on', machine },
      { kind: 'daemon-restart', machine },
      { kind: 'cable-cut', machine },
      { kind: 'cable-mend', machine },
      { kind: 'cable-mend', machine },
      { kind: 'link-cut', from: machine, to: other },
      { kind: 'link-mend', from: machine, to: other },
      { kind: 'link-mend', from: other, to: machine },
      {
        kind: 'link-quality',
        from: machine,
        to: other,
        loss: this.dice.chance(0.5) ? this.dice.float() * 0.4 : 0,
        delayMs: this.dice.int(40),
        jitterMs: this.dice.int(30),
      },
    ];
    this.fault(this.pick(faults));
  }

  private randomCommand(): void {
    const { machine, node } = {
      machine: this.pick(this.cluster.machines).name,
      node: this.pick(this.cluster.machines).name,
    };
    const kind = this.dice.int(6);
    if (kind === 0 && this.services < 4)
      this.send(machine, createService(`s${++this.services}`, this.dice.between(1, 5)));
    else if (kind <= 2)
      this.update(machine, '/services', `s${this.dice.between(1, 4)}`, (spec) => {
        (spec.Mode as { Replicated: { Replicas: number } }).Replicated.Replicas = this.dice.between(0, 6);
      });
    else if (kind === 3)
      this.update(machine, '/nodes', node, (spec) => {
        spec.Availability = this.dice.chance(0.3) ? 'drain' : 'active';
      });
    else if (kind === 4)
      this.update(machine, '/nodes', node, (spec) => {
        spec.Role = this.dice.chance(0.6) ? 'manager' : 'worker';
      });
  }

  private send(host: string, request: ApiRequest): void {
    this.cluster.request(host, request);
  }

  /** Reads an object's spec and version where it can, and sends the change. */
  private update(
    host: string,
    path: '/services' | '/nodes',
    name: string,
    change: (spec: Record<string, unknown>) => void,
  ): void {
    const id = this.cluster.request(host, { method: 'GET', path: `${path}/${name}` });
    const until = this.cluster.now + SECOND;
    while (this.cluster.now < until) {
      if (!this.runNext(until)) break;
      for (const reply of this.cluster.takeReplies()) {
        if (reply.id !== id) continue;
        if (reply.type !== 'response' || reply.response.status !== 200) return;
        const object = reply.response.body as { ID: string; Version: { Index: number }; Spec: Record<string, unknown> };
        const spec = structuredClone(object.Spec);
        change(spec);
        this.send(host, {
          method: 'POST',
          path: `${path}/${object.ID}/update`,
          query: { version: String(object.Version.Index) },
          body: spec,
        });
        return;
      }
    }
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.dice.int(items.length)]!;
  }
}

function createService(name: string, replicas: number): ApiRequest {
  return {
    method: 'POST',
    path: '/services/create',
    body: {
      Name: name,
      TaskTemplate: { ContainerSpec: { Image: 'nginx:1.26' } },
      Mode: { Replicated: { Replicas: replicas } },
    },
  };
}

function startOf({ seed, managers, workers, profile }: SimulationOptions): Start {
  const hosts = Array.from({ length: managers + workers }, (_, i) => ({
    name: `node${i + 1}`,
    address: `192.168.99.${101 + i}`,
  }));
  return {
    name: `seed-${seed}`,
    title: 'simulation',
    seed,
    profile: timingOf(seed, profile ?? 'mixed'),
    hosts,
    managers,
    workers,
    services: [{ name: 'web', image: 'nginx:1.26', replicas: 4 }],
  };
}
