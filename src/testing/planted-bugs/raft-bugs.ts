/**
 * Bugs to plant in Raft, to test the testers: each one a real one that somebody's Raft has had (numbers as in the collection that they
 * are from), as a change of one place in one file. The checkers must find each, by the invariant named, within the budget of seeds.
 */
import { ENGINE_ASSERTION } from '../simulation.ts';
import type { PlantedBug } from './planted-bug.ts';

const RAFT = 'src/engine/raft';
const RAFT_NODE = 'src/engine/manager/raft-node.ts';
const MANAGER = 'src/engine/manager/manager.ts';

/**
 * Not planted, and why.
 *
 * B26, a stale read from a deposed leader: no bug here but what SwarmKit does. Its leader answers reads from memory, asking nobody; one
 * that was deposed and does not know it yet answers with what was, until CheckQuorum makes it step down. The checkers hold reads to be
 * linearizable as long as there is no such leader (I16), and that there is none for long (R4); what takes the bound away is B29.
 *
 * B12, a follower that acknowledges its whole log and not only what was compared: no run shows it. A leader's search for the place
 * where two logs agree never goes below that place, and its appends always carry what follows it, so that a log of other entries is
 * cut off, and ends where the append ends. `raft-paper.test.ts` has a test that it breaks.
 */
export const raftBugs: readonly PlantedBug[] = [
  {
    name: 'B1: entries of older terms are committed by counting copies',
    source: 'LogCabin #44, PySyncObj #169, async-raft #108, canonical/raft #220, nats-server #7955',
    file: `${RAFT}/replication.ts`,
    find: 'index > log.commit && termAt(log, index) === term && commitTo(log, index)',
    replace: 'index > log.commit && term > 0 && commitTo(log, index)',
    invariants: ['I6 leader completeness', 'I7 state machine safety', 'I9 who can win holds all'],
    profile: 'elections',
  },
  {
    name: 'B2: the vote is not kept over a restart',
    source: 'raft-java #57, akka-raft #56, raft.tla PR 5',
    file: RAFT_NODE,
    find: 'if (hardState) hasSpace = diskSet(disk, DISK.hard, hardState) && hasSpace;',
    replace: 'if (hardState) hasSpace = diskSet(disk, DISK.hard, { ...hardState, vote: null }) && hasSpace;',
    invariants: ['I12 durable'],
    profile: 'elections',
  },
  {
    name: 'B2: the vote is not kept over a restart, and nobody looks at the disks',
    source: 'raft-java #57, akka-raft #56, raft.tla PR 5',
    file: RAFT_NODE,
    find: 'if (hardState) hasSpace = diskSet(disk, DISK.hard, hardState) && hasSpace;',
    replace: 'if (hardState) hasSpace = diskSet(disk, DISK.hard, { ...hardState, vote: null }) && hasSpace;',
    invariants: ['I2 one vote per term', 'I1 election safety'],
    profile: 'elections',
    ignoreDisks: true,
  },
  {
    name: 'B3: the vote is forgotten by whoever steps down within a term',
    source: 'CCF PR 8094, eliben/raft PR 27',
    file: `${RAFT}/roles.ts`,
    find: '    state.term = term;\n    state.vote = null;\n  }',
    replace: '    state.term = term;\n  }\n  state.vote = null;',
    invariants: ['I12 durable', 'I2 one vote per term', 'I1 election safety'],
    profile: 'elections',
  },
  {
    name: 'B4: votes are granted without comparing logs',
    source: 'jgroups-raft #14, akka-raft #30',
    file: `${RAFT}/elections.ts`,
    find: 'already following ${state.leader} in term ${state.term}`;\n  return logRefusal(raft, message);',
    replace: 'already following ${state.leader} in term ${state.term}`;\n  return null;',
    invariants: ['I6 leader completeness', 'I7 state machine safety'],
    profile: 'elections',
  },
  {
    name: 'B6: a vote of an earlier term counts in the present one',
    source: 'eliben/raft PR 27, xraft #33',
    file: `${RAFT}/step.ts`,
    find: 'if (message.term < state.term) return refuseStale(raft, message);',
    replace: "if (message.term < state.term && message.type !== 'vote-reply') return refuseStale(raft, message);",
    invariants: ['I1 election safety'],
    profile: 'elections',
  },
  {
    name: 'B8: an append cuts off what follows it, conflict or not',
    source: 'raftos #26, willemt/raft PR 118, CCF PR 6016',
    file: `${RAFT}/log.ts`,
    find: '  if (known === entries.length) return;\n  truncateFrom(log, entries[known]!.index);',
    replace:
      '  if (entries.length === 0) return;\n  truncateFrom(log, entries[known === entries.length ? known - 1 : known]!.index + (known === entries.length ? 1 : 0));',
    invariants: [
      'I8 committed is durable',
      'I11 book-keeping',
      'I12 durable',
      'I9 who can win holds all',
      ENGINE_ASSERTION,
    ],
    profile: 'elections',
  },
  {
    name: 'B9: a heartbeat commits beyond what is known to agree',
    source: 'atomix/copycat #265',
    file: `${RAFT}/replication.ts`,
    find: 'const commit = Math.min(progress.match, state.log.commit);',
    replace: 'const { commit } = state.log;',
    also: [
      {
        file: `${RAFT}/following.ts`,
        find: '  commitTo(state.log, message.commit);',
        replace: '  commitTo(state.log, Math.min(message.commit, last));',
      },
      {
        file: `${RAFT}/following.ts`,
        find: 'if (message.commit > last) return',
        replace: 'if (message.commit > Number.MAX_SAFE_INTEGER) return',
      },
    ],
    invariants: ['I7 state machine safety'],
    profile: 'elections',
  },
  {
    name: 'B10: the commit index is set to whatever the leader says',
    source: 'PySyncObj #166',
    file: `${RAFT}/log.ts`,
    find: 'if (index <= log.commit) return false;',
    replace: 'if (index === log.commit) return false;',
    // Mostly the engine notices by itself that it has applied more than is committed.
    invariants: ['I10 only forward', ENGINE_ASSERTION],
    profile: 'elections',
  },
  {
    name: 'B15: what was cut off the log has term 0, as the start of the log',
    source: 'etcd-io/raft 76f1249',
    file: `${RAFT}/log.ts`,
    find: '  return log.entries[index - log.offset - 1]?.term;\n}\n\nexport function entryAt',
    replace: '  return log.entries[index - log.offset - 1]?.term ?? 0;\n}\n\nexport function entryAt',
    // The entries that the leader would send are not there: it notices.
    invariants: ['I10 only forward', ENGINE_ASSERTION],
    profile: 'elections',
  },
  {
    name: 'B17: a deposed leader writes what it had not written yet under the new term',
    source: 'camunda #5360',
    file: `${RAFT}/roles.ts`,
    find: "  reset(raft, term);\n  raft.state.role = 'follower';",
    replace:
      "  const { log } = raft.state;\n  if (raft.state.role === 'leader') for (let i = Math.max(0, log.commit - log.offset); i < log.entries.length; i++) log.entries[i] = { ...log.entries[i]!, term };\n  if (raft.state.role === 'leader') log.stable = Math.min(log.stable, log.commit);\n  reset(raft, term);\n  raft.state.role = 'follower';",
    invariants: ['I5 origin', 'I4 log matching'],
    profile: 'elections',
  },
  {
    name: 'B18: members change before the leader has committed anything in its term',
    source: 'raft-dev 2015, copycat #23, axon-server PR 120, openraft PR 2051',
    file: `${RAFT}/membership.ts`,
    find: 'if (termAt(log, log.commit) !== term) {',
    replace: 'if (termAt(log, log.commit) === undefined) {',
    // The manager, too, guards: what it was asked for it forgets with its office.
    also: [
      {
        file: 'src/engine/manager/membership.ts',
        find: '    this.state.queue = [];\n    this.state.current = null;',
        replace:
          '    if (this.state.current) this.state.queue.unshift(this.state.current);\n    this.state.current = null;',
      },
    ],
    invariants: ['I13 membership'],
    profile: 'members',
  },
  {
    name: 'B19: a change of the members is accepted while another one is under way',
    source: 'etcd-io/raft e6ce296',
    file: `${RAFT}/membership.ts`,
    find: 'if (pendingConfIndex > log.applied) {',
    replace: 'if (pendingConfIndex > log.applied + 1000) {',
    also: [
      {
        file: 'src/engine/manager/membership.ts',
        find: 'if (!this.node.isLeader || this.state.current !== null) return;',
        replace: 'if (!this.node.isLeader) return;',
      },
    ],
    invariants: ['I13 membership'],
    profile: 'members',
  },
  {
    name: 'B21: a snapshot without the members',
    source: 'async-raft #133, etcd-io/raft e515a67',
    file: `${RAFT}/raft.ts`,
    find: 'members: [...configuration.members].map(([raftId, context]) => ({ raftId, context })),',
    replace: 'members: [],',
    invariants: ['I14 snapshot'],
    profile: 'members',
  },
  {
    name: 'B21: a snapshot without the removed members',
    source: 'SwarmKit PR 238',
    file: `${RAFT}/raft.ts`,
    find: 'removed: [...configuration.removed],',
    replace: 'removed: [],',
    invariants: ['I14 snapshot'],
    profile: 'members',
  },
  {
    name: 'B22: a snapshot with members of a change that is not committed',
    source: 'canonical/raft #250',
    file: `${RAFT}/raft.ts`,
    find: 'members: [...configuration.members].map(([raftId, context]) => ({ raftId, context })),',
    replace:
      "members: [...[...configuration.members].map(([raftId, context]) => ({ raftId, context })), ...log.entries.flatMap((entry) => entry.index > log.applied && entry.type === 'conf' && entry.change.type === 'add' ? [{ raftId: entry.change.raftId, context: entry.change.context }] : [])],",
    invariants: ['I14 snapshot'],
    profile: 'members',
  },
  {
    name: 'B25: leadership is handed to a member that is being removed',
    source: 'etcd-io/raft 8b0d0e9, db54973',
    file: `${RAFT}/transfer.ts`,
    find: 'if (isBeingRemoved(raft, to)) return refuse',
    replace: 'if (isBeingRemoved(raft, `not ${to}`)) return refuse',
    invariants: ['I13 membership'],
    profile: 'members',
  },
  {
    name: 'B27: a new leader is read before it has committed anything in its term',
    source: 'etcd-io/raft 3189a66 (etcd #12680)',
    file: MANAGER,
    find: 'if (!state.leading && raftNode.isLeader && state.appliedTerm === term) this.startLeading(term);',
    replace: 'if (!state.leading && raftNode.isLeader && state.appliedTerm > 0) this.startLeading(term);',
    invariants: ['I16 leaders are caught up'],
    profile: 'elections',
  },
  {
    name: 'B29: a leader that reaches no majority stays',
    source: 'SwarmKit c605ceed6',
    file: `${RAFT}/tick.ts`,
    find: 'if (raft.config.checkQuorum && !passesQuorumCheck(raft)) {',
    replace: 'if (!raft.config.checkQuorum && !passesQuorumCheck(raft)) {',
    invariants: ['R4 a leader without a majority steps down', 'I16 a deposed leader steps down'],
    profile: 'calm',
  },
  {
    name: 'B30: no pre-vote though it is switched on: who comes back throws out a good leader',
    source: 'etcd #9241, #9333',
    file: `${RAFT}/elections.ts`,
    find: 'if (raft.config.preVote && !transfer) askForPreVotes(raft);',
    replace: 'if (raft.config.preVote && transfer) askForPreVotes(raft);',
    invariants: ['R5 terms rise only with a majority'],
    profile: 'calm',
  },
  {
    name: 'B31: who refuses a pre-vote tells no term, so that an older one never catches up',
    source: 'canonical/raft #279',
    file: `${RAFT}/step.ts`,
    find: "    case 'pre-vote-reply':\n      if (message.granted) return null;",
    replace: "    case 'pre-vote-reply':\n      return null;",
    invariants: ['L1 a leader is elected'],
    profile: 'elections',
  },
  {
    name: 'B32: a pre-vote is given away from a leader that is heard: one deaf member keeps elections going',
    source: 'Cloudflare 2020, "Raft does not guarantee liveness"',
    file: `${RAFT}/step.ts`,
    find: 'return isInLease(raft, message) ? leaseReason(raft) : null;',
    replace: 'return null;',
    invariants: ['R5 terms rise only with a majority'],
    profile: 'calm',
  },
  {
    name: 'B33: giving a vote does not restart the election timer',
    source: 'Raft 5.2',
    file: `${RAFT}/elections.ts`,
    find: '  // Raft 5.2: granting a vote restarts the timer; a refused request does not.\n  state.electionElapsed = 0;',
    replace: '',
    invariants: ['R1 elections have a cause'],
    profile: 'elections',
  },
  {
    name: 'B33: a heartbeat does not restart the election timer',
    source: 'Raft 5.2',
    file: `${RAFT}/step.ts`,
    find: '  state.leader = message.from;\n  state.electionElapsed = 0;',
    replace: "  state.leader = message.from;\n  if (message.type !== 'heartbeat') state.electionElapsed = 0;",
    invariants: ['R1 elections have a cause'],
    profile: 'calm',
  },
  {
    name: 'B34: messages leave before the disk has what they promise',
    source: 'etcd #14370',
    file: RAFT_NODE,
    find: 'if (ready.mustSync) {',
    replace: 'if (ready.snapshot) {',
    invariants: ['I12 durable', 'I8 committed is durable'],
    profile: 'elections',
  },
  {
    name: 'B34: a write is answered before it is on disk, and nobody looks at the messages',
    source: 'etcd #14370',
    file: RAFT_NODE,
    find: 'if (ready.mustSync) {',
    replace: 'if (ready.snapshot) {',
    invariants: ['I8 committed is durable', 'I11 book-keeping'],
    profile: 'elections',
    ignoreDisks: true,
  },
  {
    name: 'B39: a new member counts as silent',
    source: 'etcd-io/raft a3afec7',
    file: `${RAFT}/membership.ts`,
    find: 'const added = createProgress(lastIndex(log) + 1, true);',
    replace: 'const added = createProgress(lastIndex(log) + 1, false);',
    invariants: ['R3 a leader with a majority stays'],
    profile: 'members',
  },
  {
    name: 'B40: a member that has lost its log comes back under its old raft ID',
    source: 'moby #29180',
    file: 'src/engine/manager/membership.ts',
    find: 'if (known?.life === life) return',
    replace: 'if (known) return',
    invariants: [
      'I11 book-keeping',
      'I2 one vote per term',
      'I8 committed is durable',
      'I12 durable',
      'I9 who can win holds all',
    ],
    profile: 'members',
  },
  {
    name: 'B41: a new leader takes proposals before it has caught up',
    source: 'SwarmKit 64ffb46b5',
    file: MANAGER,
    find: 'if (!state.leading && raftNode.isLeader && state.appliedTerm === term) this.startLeading(term);',
    replace: 'if (!state.leading && raftNode.isLeader) this.startLeading(term);',
    invariants: ['I16 leaders are caught up', ENGINE_ASSERTION],
    profile: 'calm',
  },
  {
    name: 'B42: a leader whose store is stuck goes on sending heartbeats',
    source: 'SwarmKit 01415556f',
    file: MANAGER,
    find: '    this.state.turns = [];\n    this.state.inFlight = null;',
    replace: '    this.state.turns = [];',
    invariants: ['L2 writes succeed'],
    profile: 'calm',
  },
];
