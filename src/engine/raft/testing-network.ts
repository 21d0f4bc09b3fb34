/**
 * Raft members in memory for the tests: each with a disk that loses what was not synced, joined by a network that delivers in order
 * of sending, at once, unless told otherwise. Only for tests; the engine's own hosts live elsewhere.
 */
import { Raft, SWARMKIT_RAFT_DEFAULTS } from './raft.ts';
import { initialState, restoredState } from './state.ts';
import type {
  ConfChange,
  Entry,
  HardState,
  Member,
  Message,
  RaftConfig,
  RaftId,
  Ready,
  Role,
  Snapshot,
} from './types.ts';

/** What a machine's disk holds of one member. */
export interface Disk {
  hardState: HardState;
  entries: Entry[];
  snapshot: Snapshot | null;
}

export function emptyDisk(): Disk {
  return { hardState: { term: 0, vote: null, commit: 0 }, entries: [], snapshot: null };
}

/** A `Ready` as a host has to write it. */
export function writeReady(disk: Disk, { snapshot, entries, hardState }: Ready): void {
  if (snapshot !== null) {
    disk.snapshot = snapshot;
    disk.entries = [];
  }
  const first = entries[0]?.index ?? Infinity;
  while ((disk.entries.at(-1)?.index ?? -1) >= first) disk.entries.pop();
  disk.entries.push(...entries);
  if (hardState !== null) disk.hardState = hardState;
}

/** Small, seeded, good enough for tests (mulberry32). */
export function createDice(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** One machine: a member, its disk, and a state machine that remembers the commands in order. */
export class TestingNode {
  readonly config: RaftConfig;
  readonly disk: Disk = emptyDisk();
  raft: Raft;
  applied: unknown[] = [];
  isUp = true;

  constructor(config: RaftConfig, founders: readonly Member[]) {
    this.config = config;
    this.raft = new Raft(config, initialState(founders));
  }

  get id(): RaftId {
    return this.config.id;
  }

  /** One round through the disk and the state machine. Returns what to send. */
  work(): readonly Message[] {
    const ready = this.raft.ready();
    writeReady(this.disk, ready);
    this.apply(ready);
    this.raft.advance(ready);
    return ready.messages;
  }

  /** All rounds there are, until nothing is left to do. */
  workAll(): Message[] {
    const messages: Message[] = [];
    while (this.raft.hasReady()) messages.push(...this.work());
    return messages;
  }

  apply({ snapshot, committed }: Ready): void {
    if (snapshot !== null) this.applied = [...(snapshot.data as unknown[])];
    for (const entry of committed) if (entry.type === 'normal' && entry.data !== null) this.applied.push(entry.data);
  }

  /** Power off and on: only the disk is left. */
  restart(): void {
    this.isUp = true;
    this.raft = new Raft(this.config, restoredState(this.disk));
    this.applied = this.disk.snapshot === null ? [] : [...(this.disk.snapshot.data as unknown[])];
  }

  snapshot(): Snapshot {
    const snapshot = this.raft.createSnapshot([...this.applied]);
    this.disk.snapshot = snapshot;
    this.raft.compact(snapshot);
    const { first } = this.raft.status();
    // Like the log in memory, the disk keeps the place before the first entry.
    this.disk.entries = this.disk.entries.filter((entry) => entry.index >= Math.min(first - 1, snapshot.index));
    return snapshot;
  }
}

export interface NetworkOptions extends Partial<Omit<RaftConfig, 'id'>> {
  seed?: number;
}

export class TestingNetwork {
  readonly nodes = new Map<RaftId, TestingNode>();
  readonly sent: Message[] = [];
  /** Return false to lose a message. */
  filter: (message: Message) => boolean = () => true;
  readonly #options: NetworkOptions;
  readonly #dice: (n: number) => number;
  readonly #cut = new Set<string>();
  #queue: Message[] = [];

  /** Members that know each other from the start. */
  constructor(ids: readonly RaftId[], options: NetworkOptions = {}) {
    this.#options = options;
    this.#dice = createDice(options.seed ?? 1);
    for (const id of ids) this.addNode(id, ids);
    this.settle();
  }

  /** A machine with an empty disk; without founders it waits to be added by a leader. */
  addNode(id: RaftId, founders: readonly RaftId[] = []): TestingNode {
    const { seed: _seed, ...options } = this.#options;
    const config: RaftConfig = { ...SWARMKIT_RAFT_DEFAULTS, random: this.#dice, ...options, id };
    const node = new TestingNode(
      config,
      founders.map((raftId) => ({ raftId, context: `address of ${raftId}` })),
    );
    this.nodes.set(id, node);
    return node;
  }

  node(id: RaftId): TestingNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }

  raft(id: RaftId): Raft {
    return this.node(id).raft;
  }

  /** Lets disks and network run until nothing moves any more. No time passes. */
  settle(): this {
    for (;;) {
      for (const node of this.nodes.values()) if (node.isUp) this.#queue.push(...node.workAll());
      const batch = this.#queue;
      if (batch.length === 0) return this;
      this.#queue = [];
      for (const message of batch) this.#deliver(message);
    }
  }

  #deliver(message: Message): void {
    this.sent.push(message);
    const { from, to } = message;
    const target = this.nodes.get(to);
    const arrives = target?.isUp && !this.#cut.has(`${from}>${to}`) && this.filter(message);
    if (arrives) target.raft.step(message);
    if (message.type === 'snapshot') this.nodes.get(from)?.raft.reportSnapshot(to, Boolean(arrives));
  }

  /** Ticks pass everywhere, and everything settles after each. */
  tick(count = 1): this {
    for (let i = 0; i < count; i++) {
      for (const node of this.nodes.values()) if (node.isUp) node.raft.tick();
      this.settle();
    }
    return this;
  }

  /** Ticks pass on one machine only. */
  tickOne(id: RaftId, count = 1): this {
    for (let i = 0; i < count; i++) {
      this.raft(id).tick();
      this.settle();
    }
    return this;
  }

  /** Makes `id` leader, as if its election timeout had passed, and the others' leases with it. */
  elect(id: RaftId): this {
    for (const { raft } of this.nodes.values()) {
      if (raft.state.role !== 'leader') raft.state.electionElapsed = raft.config.electionTicks;
    }
    this.raft(id).campaign();
    return this.settle();
  }

  propose(id: RaftId, ...commands: unknown[]): this {
    for (const command of commands) {
      const result = this.raft(id).propose(command);
      if (!result.ok) throw new Error(result.error.message);
    }
    return this.settle();
  }

  change(id: RaftId, type: ConfChange['type'], raftId: RaftId): this {
    const result = this.raft(id).proposeConfChange({ type, raftId, context: `address of ${raftId}` });
    if (!result.ok) throw new Error(result.error.message);
    return this.settle();
  }

  /** Puts a machine with such a disk in the place of another. */
  load(id: RaftId, life: MemberLife): this {
    const { config } = this.node(id);
    this.nodes.set(id, memberWith({ members: [...this.nodes.keys()], ...life }, config));
    return this;
  }

  crash(...ids: RaftId[]): this {
    for (const id of ids) this.node(id).isUp = false;
    return this;
  }

  restart(...ids: RaftId[]): this {
    for (const id of ids) this.node(id).restart();
    return this.settle();
  }

  /** Cuts one direction. */
  cut(from: RaftId, to: RaftId): this {
    this.#cut.add(`${from}>${to}`);
    return this;
  }

  /** Cuts these machines off from all others; among each other they stay joined. */
  isolate(...ids: RaftId[]): this {
    for (const id of ids) {
      for (const other of this.nodes.keys()) if (!ids.includes(other)) this.cut(id, other).cut(other, id);
    }
    return this;
  }

  heal(): this {
    this.#cut.clear();
    this.filter = () => true;
    return this;
  }

  /** Messages of one kind sent since the last call of `forget`. */
  sentOf<T extends Message['type']>(type: T): Extract<Message, { type: T }>[] {
    return this.sent.filter((message): message is Extract<Message, { type: T }> => message.type === type);
  }

  forget(): this {
    this.sent.length = 0;
    return this;
  }

  roles(): Record<RaftId, Role> {
    return Object.fromEntries([...this.nodes].map(([id, { raft }]) => [id, raft.state.role]));
  }

  leader(): RaftId | null {
    for (const [id, { raft, isUp }] of this.nodes) if (isUp && raft.state.role === 'leader') return id;
    return null;
  }
}

/** How a member is to be found in the middle of its life. */
export interface MemberLife extends Partial<HardState> {
  members?: readonly RaftId[];
  /** Its log, by the terms of the entries. */
  log?: readonly number[];
}

/** A member on its own, named n1 unless said otherwise, among n1 n2 n3, restarted with the given disk; all committed is applied. */
export function memberWith(life: MemberLife = {}, options: Partial<RaftConfig> = {}): TestingNode {
  const { members = ['n1', 'n2', 'n3'], log = [], vote = null, commit = 0 } = life;
  const { term = log.at(-1) ?? 0 } = life;
  const node = new TestingNode({ ...SWARMKIT_RAFT_DEFAULTS, random: () => 0, id: 'n1', ...options }, []);
  Object.assign(node.disk, { hardState: { term, vote, commit }, entries: logOf(log), snapshot: null });
  node.restart();
  const { configuration } = node.raft.state;
  for (const raftId of members) configuration.members.set(raftId, null);
  node.workAll();
  return node;
}

/** The terms of a log's entries, in order: how the paper's figures draw a log. */
export function termsOf(raft: Raft): number[] {
  return raft.state.log.entries.map(({ term }) => term);
}

/** A log given by its terms, with commands that tell term and index. */
export function logOf(terms: readonly number[]): Entry[] {
  return terms.map((term, i) => ({ index: i + 1, term, type: 'normal', data: `${term}.${i + 1}` }));
}
