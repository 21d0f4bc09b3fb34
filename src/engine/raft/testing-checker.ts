/**
 * Watches members from outside and remembers what was ever true: Raft's five safety properties (figure 3) and the rules they rest on.
 * It only reads recorded state and disks; it never asks the code it checks. Only for tests.
 */
import type { TestingNode } from './testing-network.ts';
import type { Entry, Message, RaftId } from './types.ts';

interface Seen {
  raft: object;
  term: number;
  commit: number;
  applied: number;
  /** Terms of the leader's entries, by index, while it leads `leadsTerm`. */
  leadsTerm: number;
  leaderOffset: number;
  leaderTerms: number[];
}

/** Who belonged and who no longer, after the membership change applied at `index`. */
interface Membership {
  index: number;
  members: readonly RaftId[];
  removed: readonly RaftId[];
}

interface Committed {
  entry: string;
  entryTerm: number;
  /** The term in which it was first seen committed. */
  inTerm: number;
}

export class SafetyChecker {
  readonly #leaders = new Map<number, RaftId>();
  readonly #votes = new Map<string, RaftId>();
  /** (index, term) -> content and the term before it: by induction, equal entries have equal prefixes. */
  readonly #entries = new Map<string, string>();
  /** Entries already judged, with the term before them: they are shared between machines, never edited. */
  readonly #judged = new WeakMap<Entry, number>();
  readonly #committed = new Map<number, Committed>();
  readonly #applied = new Map<number, unknown>();
  readonly #memberships: Membership[] = [];
  readonly #seen = new Map<RaftId, Seen>();
  #highestCommitted = 0;

  get elections(): number {
    return this.#leaders.size;
  }

  get committed(): number {
    return this.#highestCommitted;
  }

  /** To be called for every message that leaves a machine. */
  checkMessage(message: Message): void {
    if (message.type !== 'vote-reply' || !message.granted) return;
    this.#recordVote(message.from, message.term, message.to);
  }

  #recordVote(voter: RaftId, term: number, candidate: RaftId): void {
    const key = `${voter} in term ${term}`;
    const earlier = this.#votes.get(key) ?? candidate;
    must(earlier === candidate, `vote: ${key} for ${earlier} and ${candidate}`);
    this.#votes.set(key, candidate);
  }

  /** To be called after every event on a machine. */
  check(node: TestingNode, all: ReadonlyMap<RaftId, TestingNode>): void {
    const seen = this.#seenOf(node);
    this.#checkMonotonic(node, seen);
    this.#checkLog(node);
    this.#checkCommitted(node, seen, all);
    this.#checkLeader(node, seen, all);
    this.#checkMembership(node);
    const { state } = node.raft;
    seen.term = state.term;
    seen.commit = state.log.commit;
    seen.applied = state.log.applied;
  }

  /** State machine safety: the command applied at an index is the same everywhere. To be called for every entry applied. */
  checkApplied(node: TestingNode, entry: Entry): void {
    const content = contentOf(entry);
    const earlier = this.#applied.get(entry.index) ?? content;
    must(
      earlier === content,
      `state machine safety: ${node.id} applies ${content} at ${entry.index}, another ${earlier}`,
    );
    this.#applied.set(entry.index, content);
    this.#recordMembership(entry);
  }

  #recordMembership(entry: Entry): void {
    const latest = this.#memberships.at(-1) ?? { index: 0, members: [], removed: [] };
    if (entry.type !== 'conf' || entry.index <= latest.index) return;
    const { type, raftId } = entry.change;
    const members = type === 'add' ? [...latest.members, raftId] : latest.members.filter((id) => id !== raftId);
    const removed = type === 'remove' ? [...latest.removed, raftId] : latest.removed;
    this.#memberships.push({ index: entry.index, members: type === 'update' ? latest.members : members, removed });
  }

  /** One change at a time; the configuration in use, a snapshot's included, is that of the last change applied. */
  #checkMembership({ id, raft }: TestingNode): void {
    const { log, configuration, role } = raft.state;
    const pending = log.entries.slice(Math.max(log.commit - log.offset, 0)).filter((entry) => entry.type === 'conf');
    must(pending.length <= 1, `${id} has ${pending.length} uncommitted membership changes`);
    if (role === 'candidate') {
      const committed = log.entries.slice(Math.max(log.applied - log.offset, 0), log.commit - log.offset);
      must(!committed.some(({ type }) => type === 'conf'), `${id} campaigns before applying a membership change`);
    }
    const expected = this.#memberships.findLast(({ index }) => index <= configuration.index);
    if (expected === undefined) return;
    const members = [...configuration.members.keys()];
    must(members.join() === expected.members.join(), `${id} believes in ${members}, not ${expected.members}`);
    const removed = [...configuration.removed];
    must(removed.join() === expected.removed.join(), `${id} knows ${removed} as removed, not ${expected.removed}`);
  }

  #seenOf({ id, raft }: TestingNode): Seen {
    let seen = this.#seen.get(id);
    if (seen?.raft !== raft) {
      seen = { raft, term: 0, commit: 0, applied: 0, leadsTerm: 0, leaderOffset: 0, leaderTerms: [] };
      this.#seen.set(id, seen);
    }
    return seen;
  }

  #checkMonotonic({ id, raft }: TestingNode, seen: Seen): void {
    const { term, log } = raft.state;
    const last = log.offset + log.entries.length;
    must(term >= seen.term, `${id}: term ${term} after ${seen.term}`);
    must(log.commit >= seen.commit, `${id}: commit ${log.commit} after ${seen.commit}`);
    must(log.applied >= seen.applied, `${id}: applied ${log.applied} after ${seen.applied}`);
    must(
      log.applied <= log.commit && log.commit <= last,
      `${id}: applied ${log.applied}, commit ${log.commit}, last ${last}`,
    );
  }

  /** Log matching. */
  #checkLog({ id, raft }: TestingNode): void {
    const { log } = raft.state;
    let before = log.offsetTerm;
    let index = log.offset;
    for (const entry of log.entries) {
      index++;
      if (this.#judged.get(entry) === before) {
        before = entry.term;
        continue;
      }
      must(entry.index === index, `${id}: entry ${entry.index} at place ${index}`);
      must(entry.term >= before, `${id}: term ${entry.term} after ${before} at ${index}`);
      const key = `${index}/${entry.term}`;
      const content = `${contentOf(entry)} after term ${before}`;
      const earlier = this.#entries.get(key) ?? content;
      must(earlier === content, `log matching: ${id} has ${content} at ${key}, another ${earlier}`);
      this.#entries.set(key, content);
      this.#judged.set(entry, before);
      before = entry.term;
    }
  }

  /** What is committed first is on the disks of a majority; what is committed later is the same. */
  #checkCommitted(node: TestingNode, seen: Seen, all: ReadonlyMap<RaftId, TestingNode>): void {
    const { state } = node.raft;
    const { log } = state;
    for (let index = Math.max(seen.commit, log.offset) + 1; index <= log.commit; index++) {
      const entry = log.entries[index - log.offset - 1]!;
      const content = contentOf(entry);
      const known = this.#committed.get(index);
      if (known === undefined) {
        if (state.role === 'leader') mustBeOnMajority(node, entry, all);
        this.#committed.set(index, { entry: content, entryTerm: entry.term, inTerm: state.term });
        this.#highestCommitted = Math.max(this.#highestCommitted, index);
      } else {
        must(known.entry === content, `${node.id} commits ${content} at ${index}, another ${known.entry}`);
        known.inTerm = Math.min(known.inTerm, state.term);
      }
    }
  }

  #checkLeader(node: TestingNode, seen: Seen, all: ReadonlyMap<RaftId, TestingNode>): void {
    const { id, raft } = node;
    const { role, term, log } = raft.state;
    if (role !== 'leader') {
      seen.leadsTerm = 0;
      return;
    }
    const earlier = this.#leaders.get(term) ?? id;
    must(earlier === id, `election safety: ${earlier} and ${id} lead term ${term}`);
    this.#leaders.set(term, id);
    this.#recordVote(id, term, id);
    if (seen.leadsTerm !== term) this.#checkCompleteness(node);
    else checkAppendOnly(node, seen);
    checkProgress(node, all);
    checkOwnChanges(node);
    seen.leadsTerm = term;
    seen.leaderOffset = log.offset;
    seen.leaderTerms = log.entries.map((entry) => entry.term);
  }

  /** Leader completeness: what was committed in earlier terms is in the log of the new leader. */
  #checkCompleteness({ id, raft }: TestingNode): void {
    const { term, log } = raft.state;
    for (const [index, { entryTerm, inTerm }] of this.#committed) {
      if (inTerm >= term || index < log.offset) continue;
      const own = index === log.offset ? log.offsetTerm : log.entries[index - log.offset - 1]?.term;
      must(
        own === entryTerm,
        `leader completeness: ${id} leads term ${term} without ${entryTerm} at ${index} (has ${own})`,
      );
    }
  }
}

/** Leader append-only. */
function checkAppendOnly({ id, raft }: TestingNode, seen: Seen): void {
  const { log, term } = raft.state;
  seen.leaderTerms.forEach((before, i) => {
    const index = seen.leaderOffset + 1 + i;
    if (index <= log.offset) return;
    const now = log.entries[index - log.offset - 1]?.term;
    must(now === before, `leader append-only: ${id} in term ${term} had ${before} at ${index}, has ${now}`);
  });
}

/** A leader's matchIndex never says more than what the member has on disk in common with it. */
function checkProgress({ id, raft }: TestingNode, all: ReadonlyMap<RaftId, TestingNode>): void {
  const { log, term, progress } = raft.state;
  for (const [peer, { match, next }] of progress) {
    must(next > match, `${id} would send ${next} to ${peer}, which has ${match}`);
    const { disk } = all.get(peer)!;
    // In a later term it may have replaced what it acknowledged in ours.
    if (match <= log.offset || disk.hardState.term > term || (disk.snapshot?.index ?? 0) >= match) continue;
    const ours = log.entries[match - log.offset - 1]?.term;
    const theirs = disk.entries[match - (disk.entries[0]?.index ?? 0)]?.term;
    must(ours === theirs, `${id} in term ${term} believes that ${peer} has ${ours} at ${match}; it has ${theirs}`);
  }
}

/** A leader changes the membership only after committing in its own term. */
function checkOwnChanges({ id, raft }: TestingNode): void {
  const { log, term } = raft.state;
  const own = log.entries.findLast((entry) => entry.type === 'conf');
  if (own === undefined || own.term !== term || own.index <= log.commit || log.commit <= log.offset) return;
  const committed = log.entries[log.commit - log.offset - 1]!.term;
  must(committed === term, `${id} changes the membership in term ${term}, having committed up to term ${committed}`);
}

function mustBeOnMajority(leader: TestingNode, entry: Entry, all: ReadonlyMap<RaftId, TestingNode>): void {
  const members = [...leader.raft.state.configuration.members.keys()];
  const holders = members.filter((id) => {
    const disk = all.get(id)!.disk;
    const stored = disk.entries.find(({ index }) => index === entry.index);
    return stored === undefined ? (disk.snapshot?.index ?? 0) >= entry.index : stored.term === entry.term;
  });
  const place = `${entry.index} (term ${entry.term})`;
  must(
    holders.length * 2 > members.length,
    `${leader.id} commits ${place} that only ${holders} of ${members} have on disk`,
  );
}

function contentOf(entry: Entry): string {
  return `${entry.term}:${entry.type === 'normal' ? JSON.stringify(entry.data) : JSON.stringify(entry.change)}`;
}

function must(condition: boolean, violation: string): asserts condition {
  if (!condition) throw new Error(violation);
}
