/**
 * One seeded run: a random swarm under random commands and faults with checkers after every event (safety), then everything is
 * mended and must come to rest within a bound, answer as it should, and leave nothing behind when all is removed (liveness). The
 * same seed gives the same run; its steps, played again without the dice, give it too.
 */
import { Cluster } from '../engine/cluster.ts';
import { Random, seedStream } from '../engine/kernel/random.ts';
import type { Micros, TraceEvent } from '../protocol/events.ts';
import type { Start } from '../protocol/start.ts';
import type { RecordedInput } from '../worker/recording.ts';
import { stormCalmly } from './calm-storm.ts';
import { type AddressChecker, booksOf } from './checkers/address-checker.ts';
import type { CommittedHistory } from './checkers/committed-history.ts';
import { Invariants } from './checkers/invariants.ts';
import { NetworkRest } from './checkers/network-checker.ts';
import type { PacketChecker } from './checkers/packet-checker.ts';
import { unrest } from './checkers/rest-checker.ts';
import { Violation } from './checkers/violation.ts';
import { sendEntriesOneByOne, stormElections } from './election-storm.ts';
import { stormMembers } from './member-storm.ts';
import { clear } from './simulation/clearance.ts';
import type { Command } from './simulation/commands.ts';
import {
  drawCommand,
  type Ground,
  joinBy,
  NETWORK_DRAWS,
  SERVICE_DRAWS,
  staleNodes,
} from './simulation/draw-command.ts';
import { drawFault, drawPartition, healing } from './simulation/draw-fault.ts';
import { drawRequest } from './simulation/draw-traffic.ts';
import { Hand } from './simulation/hand.ts';
import {
  type FaultProfile,
  isRaftProfile,
  type RaftProfile,
  type SimulationOptions,
  startOf,
  timingOf,
} from './simulation/options.ts';
import { probeMesh, probeNames, probeSpread } from './simulation/probes.ts';
import type { Act, Step } from './simulation/step.ts';
import type { StormGround } from './storm-ground.ts';

export {
  type FaultProfile,
  optionsOfSeed,
  PROFILES,
  replayCommand,
  type SimulationOptions,
} from './simulation/options.ts';

export interface SimulationResult {
  seed: number;
  violation: { invariant: string; message: string; at: number; event: number } | null;
  virtualSeconds: number;
  events: number;
  faults: number;
  commands: number;
  requests: number;
  answers: number;
  elections: number;
  hash: string;
  /** What was done to the swarm before it was mended: enough to see the run again. */
  steps: readonly Step[];
  /** The world that it began with, and all that went in: a session that the page can play. */
  start: Start;
  inputs: readonly RecordedInput[];
  /** Where it ended, and where it stood at its last input. */
  end: Place;
  lastInput: Place;
}

/** A moment of a run, and the fingerprint of all that has happened until then. */
export interface Place {
  at: Micros;
  executed: number;
  hash: string;
}

const SECOND = 1_000_000;
/** After the last fault is mended everything must be at rest within this: elections, grace of unknown nodes, updates, delays. */
const SETTLE: Readonly<Record<string, Micros>> = { docker: 240 * SECOND, paper: 40 * SECOND };
/** At rest is what stays so for a while. */
const REST: Micros = 15 * SECOND;
/** Kept of the run's time for coming to rest, probes and removal. */
const EPILOGUE: Readonly<Record<string, Micros>> = { docker: 150 * SECOND, paper: 40 * SECOND };
/** Within this somebody is elected, if anybody can be. */
const PATIENCE: Readonly<Record<string, Micros>> = { docker: 45 * SECOND, paper: 1.5 * SECOND };

/** What is broken when the engine itself has noticed that something cannot be, and stopped. */
export const ENGINE_ASSERTION = 'engine assertion';

/** Runs a seed; with `script`, those steps in place of what the dice would say. */
export function simulate(options: SimulationOptions, script?: readonly Step[]): SimulationResult {
  let run: Run | null = null;
  let violation: SimulationResult['violation'] = null;
  try {
    run = new Run(options);
    if (script) run.play(script);
    else run.draw();
    run.heal();
    run.settle();
    run.conclude();
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
    faults: run?.hand.faults ?? 0,
    commands: run?.commands ?? 0,
    requests: run?.hand.requests ?? 0,
    answers: run?.hand.answers ?? 0,
    elections: run?.elections ?? 0,
    hash: run?.cluster.eventHash ?? '',
    steps: run?.steps ?? [],
    start: startOf(options),
    inputs: run?.hand.inputs ?? [],
    end: placeOf(run?.cluster),
    lastInput: run?.hand.lastInput ?? placeOf(undefined),
  };
}

function placeOf(cluster: Cluster | undefined): Place {
  return { at: cluster?.now ?? 0, executed: cluster?.executed ?? 0, hash: cluster?.eventHash ?? '' };
}

const STORMS: Readonly<Record<RaftProfile, (ground: StormGround, end: Micros, patience: Micros) => void>> = {
  elections: stormElections,
  members: stormMembers,
  calm: stormCalmly,
};

/** How often what is done, by profile: shares of faults and commands, the rest is traffic; and the longest pause. */
const TEMPO: Readonly<Record<FaultProfile, { faults: number; commands: number; pause: Micros }>> = {
  mixed: { faults: 0.4, commands: 0.3, pause: 9 * SECOND },
  services: { faults: 0.12, commands: 0.68, pause: 8 * SECOND },
  network: { faults: 0.3, commands: 0.25, pause: 4 * SECOND },
  elections: { faults: 0.6, commands: 0.4, pause: 12 * SECOND },
  members: { faults: 0.6, commands: 0.4, pause: 12 * SECOND },
  calm: { faults: 0.6, commands: 0.4, pause: 12 * SECOND },
};

export class Run {
  readonly cluster: Cluster;
  readonly hand: Hand;
  readonly steps: Step[] = [];
  commands = 0;
  elections = 0;
  private readonly profile: FaultProfile;
  private readonly timing: string;
  private readonly progress: Float64Array | undefined;
  private readonly end: Micros;
  private readonly dice: Random;
  private readonly invariants: Invariants;
  private readonly ground: Ground;
  private readonly networkRest: NetworkRest;
  private listeners: ((event: TraceEvent) => void)[] = [];

  constructor(options: SimulationOptions) {
    this.profile = options.profile ?? 'mixed';
    this.progress = options.progress;
    this.timing = timingOf(options.seed, this.profile);
    this.end = options.minutes * 60 * SECOND - EPILOGUE[this.timing]!;
    this.dice = new Random(seedStream(options.seed, 'simulation'));
    this.cluster = Cluster.create(startOf(options));
    this.invariants = new Invariants(this.cluster, { ...options, raftOnly: isRaftProfile(options.profile) });
    this.hand = new Hand(this.cluster, this.invariants.api);
    this.networkRest = new NetworkRest(this.cluster, this.history);
    this.ground = { cluster: this.cluster, history: this.history, dice: this.dice, next: 1 };
    this.cluster.kernel.onEvent((event) => {
      if (event.kind === 'raft.election.started') this.elections++;
      for (const listener of this.listeners) listener(event);
    });
    this.invariants.observe();
  }

  get history(): CommittedHistory {
    return this.invariants.history;
  }

  get addresses(): AddressChecker {
    return this.invariants.addresses;
  }

  get packets(): PacketChecker {
    return this.invariants.packets;
  }

  /** Hears events as they are told; returns what ends it. */
  onEvent(listener: (event: TraceEvent) => void): () => void {
    this.listeners.push(listener);
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  // ---- the phase in which anything may happen

  /** Does what the dice say. */
  draw(): void {
    if (isRaftProfile(this.profile)) return this.storm(this.profile);
    while (this.cluster.now < this.end) {
      this.advance(Math.min(this.end, this.cluster.now + this.dice.between(100_000, TEMPO[this.profile].pause)));
      for (const act of this.drawActs()) this.perform(act);
    }
  }

  private drawActs(): Act[] {
    const { dice, ground, profile } = this;
    const { faults, commands } = TEMPO[profile];
    const fate = dice.float();
    if (fate < faults) return dice.chance(0.03) ? drawPartition(this.cluster, dice) : [drawFault(this.cluster, dice)];
    if (fate < faults + commands) {
      const draws = profile === 'services' ? SERVICE_DRAWS : profile === 'network' ? NETWORK_DRAWS : undefined;
      // Users also do several things at once.
      const count = dice.chance(0.15) ? dice.between(2, 4) : 1;
      return Array.from({ length: count }, () => drawCommand(ground, draws));
    }
    return Array.from({ length: dice.between(1, 4) }, () => drawRequest(ground)).filter((act) => act !== null);
  }

  private storm(profile: RaftProfile): void {
    const ground: StormGround = {
      cluster: this.cluster,
      dice: this.dice,
      advance: (until, stop) => this.advance(until, stop),
      fault: (fault) => this.perform({ kind: 'fault', fault }),
      command: () => this.perform(drawCommand(this.ground)),
      ask: (host, command) => this.perform({ kind: 'command', host, command }),
    };
    STORMS[profile](ground, this.end, PATIENCE[this.timing]!);
  }

  /** Does what is written. */
  play(script: readonly Step[]): void {
    let before: Step | null = null;
    for (const step of script) {
      // What was done together is done together again: nothing happens in between.
      if (step.at !== before?.at || step.turn !== before.turn) this.reach(step);
      this.perform(step.act);
      before = step;
    }
    if (this.cluster.now < this.end) this.advance(this.end);
  }

  private reach({ at, turn }: Step): void {
    if (turn === undefined) return this.advance(at);
    if (this.cluster.now < at) this.advance(at - 1);
    while ((this.cluster.now < at ? 0 : this.ranNow) < turn && this.runNext(at)) {
      // Only so many events of this microsecond.
    }
    this.cluster.kernel.passTo(at);
    this.isMidway = true;
  }

  private perform(act: Act): void {
    const { now } = this.cluster;
    this.steps.push({ at: now, ...(this.isMidway && { turn: this.ranNow }), act });
    if (act.kind === 'command') this.commands++;
    this.hand.perform(act);
    this.hand.deliver();
  }

  // ---- the phase in which all must come to rest

  /** All in order again. */
  heal(): void {
    for (const fault of healing(this.cluster)) this.hand.fault(fault);
  }

  /** Waits until nothing is left to be done, and stays so. */
  settle(): void {
    const begin = this.cluster.now;
    const until = begin + SETTLE[this.timing]!;
    let restSince: Micros | null = null;
    let trouble: Violation | null = null;
    while (this.cluster.now < until) {
      this.advance(this.cluster.now + SECOND);
      trouble = this.unsettled();
      restSince = trouble ? null : (restSince ?? this.cluster.now);
      if (restSince !== null && this.cluster.now - restSince >= REST) break;
      if ((this.cluster.now - begin) % (20 * SECOND) === 0) this.tidy();
    }
    if (trouble)
      throw new Violation(
        trouble.invariant,
        `${SETTLE[this.timing]! / SECOND} s after everything was mended: ${trouble.message}`,
      );
    this.invariants.compare();
  }

  /** Machines that are in no swarm, or in one that has removed them, join; nodes that no machine is any more are removed. */
  private tidy(): void {
    if (isRaftProfile(this.profile)) return;
    const managers = this.cluster.machines.filter(({ swarm }) => swarm.manager !== null);
    for (const machine of this.cluster.machines) {
      const { localState, identity } = machine.swarm.state;
      const isForsaken = identity !== null && !this.history.tables.node.has(identity.nodeId);
      if (isForsaken) this.hand.command(machine.name, { op: 'swarm leave', machine: machine.name, force: true });
      if (localState === 'inactive' && managers[0])
        this.hand.command(machine.name, joinBy(machine, managers[0], 'Worker'));
    }
    for (const { id, role, spec, status } of staleNodes(this)) {
      if (spec.desiredRole === 'manager') this.onManager({ op: 'node update', node: id, change: { role: 'worker' } });
      else if (role === 'worker' && status.state !== 'ready') this.onManager({ op: 'node rm', node: id, force: true });
    }
  }

  /** What is still not as it should be, or null. */
  private unsettled(): Violation | null {
    const networks = this.networkRest.look();
    if (isRaftProfile(this.profile)) return raftUnrest(this.cluster);
    return raftUnrest(this.cluster) ?? unrest(this.cluster, this.history) ?? networks;
  }

  /** At rest: asks what has known answers, then removes everything. */
  conclude(): void {
    if (isRaftProfile(this.profile)) return;
    this.addresses.checkNetworks();
    this.addresses.checkWire();
    probeMesh(this);
    probeNames(this);
    probeSpread(this, null);
    probeSpread(this, 'node.labels.zone');
    clear(this);
    this.invariants.compare();
  }

  /** Asks the leader's own machine. */
  onManager(command: Command): void {
    const leader = this.cluster.machines.find(({ swarm }) => swarm.manager?.isLeading);
    if (leader) this.hand.command(leader.name, command);
  }

  /** The leader's allocator's own books, in the words of `AddressChecker.books`. */
  allocatorBooks(): string[] | null {
    const manager = this.cluster.machines.find(({ swarm }) => swarm.manager?.isLeading)?.swarm.manager;
    return manager ? booksOf(manager) : null;
  }

  // ---- time

  /** The world stands between two events of one microsecond. */
  private isMidway = false;
  private ranNow = 0;

  /** Runs to `until`, or until right after the event that makes `stop` true. Conversations go on as they are answered. */
  advance(until: Micros, stop?: () => boolean): void {
    const { kernel } = this.cluster;
    for (;;) {
      // Some users take their time between two requests.
      const next = Math.min(until, Math.max(this.hand.due, this.cluster.now));
      while (!stop?.() && this.runNext(next)) {
        // The checkers look after every event.
      }
      this.isMidway = stop?.() ?? false;
      if (!this.isMidway) kernel.passTo(next);
      this.hand.deliver();
      if (!this.isMidway) this.hand.goOn();
      if (this.isMidway || next >= until) break;
    }
    this.cluster.takeEvents();
  }

  private runNext(until: Micros): boolean {
    if (this.profile === 'elections') sendEntriesOneByOne(this.cluster);
    const { now } = this.cluster;
    if (this.progress) {
      this.progress[0] = this.cluster.nextEventAt ?? now;
      this.progress[1] = this.cluster.executed + 1;
    }
    if (!this.cluster.kernel.runNext(until)) return false;
    this.ranNow = this.cluster.now === now ? this.ranNow + 1 : 1;
    this.hand.deliver();
    this.invariants.observe();
    return true;
  }
}

/** One leader, and everybody has what it has. */
function raftUnrest({ machines }: Cluster): Violation | null {
  const leaders = machines.filter(({ swarm }) => swarm.manager?.isLeading);
  if (leaders.length !== 1) return new Violation('converges', `${leaders.length} leaders`);
  const { applied } = leaders[0]!.swarm.manager!.raftNode.raft.state.log;
  for (const { name, swarm } of machines) {
    const own = swarm.manager?.raftNode.raft.state.log.applied ?? applied;
    if (own < applied - 3) return new Violation('converges', `${name} has applied ${own} of ${applied}`);
  }
  return null;
}
