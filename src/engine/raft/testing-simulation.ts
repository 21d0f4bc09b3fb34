/**
 * A short life of a small cluster under random trouble, all from one seed: loss, reordering, duplication, one-way cuts, crashes that
 * lose what was not synced, slow disks, snapshots, transfers, membership changes. Afterwards everything heals, and the cluster has to
 * come to terms. The safety checker looks after every event. Only for tests.
 */
import { SafetyChecker } from './testing-checker.ts';
import { createDice, type Disk, TestingNetwork, type TestingNode, writeReady } from './testing-network.ts';
import type { ConfChange, Message, RaftConfig, RaftId, Ready } from './types.ts';

export interface SimulationResult {
  elections: number;
  committed: number;
  crashes: number;
  changes: number;
  snapshotsInstalled: number;
}

/** Percentages, drawn per seed, so that each run has a character of its own. */
interface Profile {
  loss: number;
  /** Loss of appends on top. */
  appendLoss: number;
  duplication: number;
  crash: number;
  campaign: number;
  propose: number;
  cut: number;
  membership: number;
  snapshot: number;
  transfer: number;
}

export function simulate(seed: number, steps: number): SimulationResult {
  const simulation = new Simulation(seed);
  for (let i = 0; i < steps; i++) simulation.step();
  simulation.heal();
  return simulation.result;
}

class Simulation {
  readonly #dice: (n: number) => number;
  readonly #profile: Profile;
  readonly #network: TestingNetwork;
  readonly #checker = new SafetyChecker();
  readonly #open = new Map<RaftId, Ready>();
  /** What is synced; `node.disk` is what is written. */
  readonly #synced = new Map<RaftId, Disk>();
  readonly #cut = new Set<string>();
  #flying: Message[] = [];
  #commands = 0;
  #joins = 0;
  #crashes = 0;
  #changes = 0;
  #snapshotsInstalled = 0;

  constructor(seed: number) {
    const dice = createDice(seed);
    this.#dice = dice;
    const isRestless = dice(3) === 0;
    this.#profile = isRestless ? this.#restlessProfile() : this.#mixedProfile();
    const size = isRestless ? 3 + 2 * dice(2) : [3, 3, 5, 5, 4, 2, 7, 1][dice(8)]!;
    const founders = Array.from({ length: size }, (_, i) => `n${i + 1}`);
    this.#network = new TestingNetwork(founders, isRestless ? this.#restlessOptions() : this.#mixedOptions());
    for (const node of this.#network.nodes.values()) {
      this.#sync(node);
      for (const entry of node.disk.entries) this.#checker.checkApplied(node, entry);
    }
  }

  #mixedProfile(): Profile {
    const dice = this.#dice;
    return {
      loss: dice(25),
      appendLoss: 0,
      duplication: dice(15),
      crash: dice(6),
      campaign: dice(4),
      propose: 1 + dice(8),
      cut: dice(3),
      membership: dice(3) === 0 ? 1 + dice(3) : 0,
      snapshot: dice(2) === 0 ? 1 + dice(5) : 0,
      transfer: dice(2),
    };
  }

  /** Leaders come and go before their entries are everywhere: the ground on which figure 8 of the paper grows. */
  #restlessProfile(): Profile {
    const dice = this.#dice;
    const trouble = { loss: dice(10), appendLoss: 30 + dice(50), campaign: 1 + dice(6), cut: 0 };
    return { ...this.#mixedProfile(), ...trouble, propose: dice(2), membership: 0, transfer: 0 };
  }

  #restlessOptions(): Partial<RaftConfig> {
    const options = this.#mixedOptions();
    return { ...options, electionTicks: 20, checkQuorum: false, preVote: false, maxEntriesPerAppend: 1 };
  }

  #mixedOptions(): Partial<RaftConfig> {
    const dice = this.#dice;
    return {
      random: dice,
      electionTicks: 4 + dice(4),
      checkQuorum: dice(2) === 0,
      preVote: dice(3) === 0,
      maxEntriesPerAppend: 1 + dice(8),
      maxInflight: 1 + dice(6),
      keepEntries: dice(6),
    };
  }

  get result(): SimulationResult {
    return {
      elections: this.#checker.elections,
      committed: this.#checker.committed,
      crashes: this.#crashes,
      changes: this.#changes,
      snapshotsInstalled: this.#snapshotsInstalled,
    };
  }

  /** One random event on a random machine, or one message. */
  step(): void {
    const node = this.#pick([...this.#network.nodes.values()]);
    if (!node.isUp) {
      if (this.#chance(8)) this.#restart(node);
      return;
    }
    const { crash, campaign, propose, cut, membership, snapshot, transfer } = this.#profile;
    if (this.#dice(300) < crash) this.#crash(node);
    else if (this.#dice(200) < campaign) node.raft.campaign();
    else if (this.#chance(propose)) node.raft.propose(++this.#commands);
    else if (this.#dice(200) < cut) this.#toggleLink();
    else if (this.#chance(membership)) this.#changeMembership(node);
    else if (this.#chance(snapshot)) this.#takeSnapshot(node);
    else if (this.#dice(200) < transfer) node.raft.transferLeadership(this.#anyId());
    else if (this.#chance(12)) node.raft.tick();
    else if (this.#chance(45)) this.#work(node);
    else this.#deliverOne();
    if (node.isUp) this.#checker.check(node, this.#network.nodes);
  }

  /** The disk works in two steps, between which the machine may lose power or receive more. */
  #work(node: TestingNode): void {
    const ready = this.#open.get(node.id);
    if (ready !== undefined) this.#finish(node, ready);
    else if (node.raft.hasReady()) this.#open.set(node.id, node.raft.ready());
  }

  #finish(node: TestingNode, ready: Ready): void {
    this.#open.delete(node.id);
    writeReady(node.disk, ready);
    if (ready.mustSync || this.#chance(50)) this.#sync(node);
    if (ready.snapshot !== null) this.#snapshotsInstalled++;
    for (const message of ready.messages) {
      this.#checker.checkMessage(message);
      this.#flying.push(message);
    }
    for (const entry of ready.committed) this.#checker.checkApplied(node, entry);
    node.apply(ready);
    node.raft.advance(ready);
  }

  #sync({ id, disk }: TestingNode): void {
    this.#synced.set(id, { ...disk, entries: [...disk.entries] });
  }

  #deliverOne(): void {
    if (this.#flying.length === 0) return;
    const { duplication, loss, appendLoss } = this.#profile;
    const at = this.#chance(50) ? 0 : this.#dice(this.#flying.length);
    const message = this.#flying[at]!;
    if (!this.#chance(duplication)) this.#flying.splice(at, 1);
    this.#deliver(message, this.#chance(loss) || (message.type === 'append' && this.#chance(appendLoss)));
  }

  #deliver(message: Message, isLost: boolean): void {
    const { from, to } = message;
    const node = this.#network.nodes.get(to);
    const arrives = !isLost && node?.isUp && !this.#cut.has(`${from}>${to}`);
    const sender = this.#network.node(from);
    if (arrives) {
      node.raft.step(message);
      this.#checker.check(node, this.#network.nodes);
    } else if (sender.isUp && this.#chance(50)) {
      sender.raft.reportUnreachable(to);
    }
    // The host often, not always, learns what became of a snapshot.
    if (message.type === 'snapshot' && sender.isUp && this.#chance(70))
      sender.raft.reportSnapshot(to, Boolean(arrives));
  }

  #crash(node: TestingNode): void {
    this.#crashes++;
    node.isUp = false;
    this.#open.delete(node.id);
    const synced = this.#synced.get(node.id)!;
    Object.assign(node.disk, { ...synced, entries: [...synced.entries] });
  }

  #restart(node: TestingNode): void {
    node.restart();
    this.#checker.check(node, this.#network.nodes);
  }

  #toggleLink(): void {
    const link = `${this.#anyId()}>${this.#anyId()}`;
    if (!this.#cut.delete(link)) this.#cut.add(link);
  }

  #takeSnapshot(node: TestingNode): void {
    const { log } = node.raft.state;
    const isNew = log.applied > (log.snapshot?.index ?? 0);
    if (this.#open.has(node.id) || log.pendingSnapshot !== null || !isNew) return;
    node.snapshot();
    this.#sync(node);
  }

  #changeMembership(node: TestingNode): void {
    const { members } = node.raft.state.configuration;
    const adds = members.size < 3 || (members.size < 7 && this.#chance(50));
    const raftId = adds ? `j${++this.#joins}` : this.#pick([...members.keys()]);
    const change: ConfChange = { type: adds ? 'add' : 'remove', raftId, context: null };
    if (!node.raft.proposeConfChange(change).ok) return;
    this.#changes++;
    if (adds) this.#sync(this.#network.addNode(raftId));
  }

  /** No more trouble: within a bounded time one leader leads all members, and a new command reaches every one. */
  heal(): void {
    this.#cut.clear();
    this.#profile.loss = 0;
    this.#profile.duplication = 0;
    for (const node of this.#network.nodes.values()) if (!node.isUp) this.#restart(node);
    for (let tick = 0; tick < 400; tick++) {
      for (const node of this.#network.nodes.values()) {
        node.raft.tick();
        this.#checker.check(node, this.#network.nodes);
      }
      this.#settle();
      if (tick % 40 === 39 && this.#converged()) return;
    }
    const states = [...this.#network.nodes.values()].map(({ id, raft }) => {
      const { role, term, last, commit, members } = raft.status();
      return `${id} ${role} term ${term} log ${last} commit ${commit} of ${[...members.keys()]}`;
    });
    throw new Error(`no convergence:\n${states.join('\n')}`);
  }

  #settle(): void {
    for (let round = 0; round < 1000; round++) {
      for (const node of this.#network.nodes.values()) {
        while (this.#open.has(node.id) || node.raft.hasReady()) this.#work(node);
        this.#checker.check(node, this.#network.nodes);
      }
      if (this.#flying.length === 0) return;
      const batch = this.#flying;
      this.#flying = [];
      for (const message of batch) this.#deliver(message, false);
    }
    throw new Error('the messages never end');
  }

  #converged(): boolean {
    const leader = [...this.#network.nodes.values()].find(
      ({ raft }) => raft.state.role === 'leader' && raft.state.configuration.members.has(raft.config.id),
    );
    const command = ++this.#commands;
    if (leader === undefined || !leader.raft.propose(command).ok) return false;
    this.#settle();
    const members = [...leader.raft.state.configuration.members.keys()];
    return members.every((id) => this.#network.node(id).applied.at(-1) === command);
  }

  #anyId(): RaftId {
    return this.#pick([...this.#network.nodes.keys()]);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#dice(from.length)]!;
  }

  #chance(percent: number): boolean {
    return this.#dice(100) < percent;
  }
}
