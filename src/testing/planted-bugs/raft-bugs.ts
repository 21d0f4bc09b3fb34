/** Bugs to plant in Raft and in the disks beneath it: each a real one that somebody's Raft has had. */
import { ENGINE_ASSERTION } from '../simulation.ts';
import type { PlantedBug } from './planted-bug.ts';

export const raftBugs: readonly PlantedBug[] = [
  {
    name: 'the vote is not kept over a restart',
    source: 'raft-java #57, akka-raft #56, raft.tla PR 5',
    file: 'src/engine/manager/raft-node.ts',
    find: 'diskSet(disk, DISK.hard, ready.hardState)',
    replace: 'diskSet(disk, DISK.hard, { ...ready.hardState, vote: null })',
    invariants: ['I12 durable'],
    profile: 'elections',
  },
  {
    name: 'the vote is not kept over a restart, and nobody looks at the disks',
    source: 'raft-java #57, akka-raft #56, raft.tla PR 5',
    file: 'src/engine/manager/raft-node.ts',
    find: 'diskSet(disk, DISK.hard, ready.hardState)',
    replace: 'diskSet(disk, DISK.hard, { ...ready.hardState, vote: null })',
    invariants: ['I2 one vote per term', 'I1 election safety'],
    profile: 'elections',
    ignoreDisks: true,
  },
  {
    name: 'entries of older terms are committed by counting copies',
    source: 'LogCabin #44, PySyncObj #169, async-raft #108, canonical/raft #220, nats-server #7955',
    file: 'src/engine/raft/replication.ts',
    find: 'index > log.commit && termAt(log, index) === term && commitTo(log, index)',
    replace: 'index > log.commit && term > 0 && commitTo(log, index)',
    invariants: ['I6 leader completeness', 'I7 state machine safety'],
    profile: 'elections',
  },
  {
    name: 'votes are granted without comparing logs',
    source: 'jgroups-raft #14, akka-raft #30',
    file: 'src/engine/raft/elections.ts',
    find: 'already following ${state.leader} in term ${state.term}`;\n  return logRefusal(raft, message);',
    replace: 'already following ${state.leader} in term ${state.term}`;\n  return null;',
    invariants: ['I6 leader completeness', 'I7 state machine safety'],
    profile: 'elections',
  },
  {
    name: 'the vote is forgotten by whoever steps down within a term',
    source: 'CCF PR 8094, eliben/raft PR 27',
    file: 'src/engine/raft/roles.ts',
    find: '    state.term = term;\n    state.vote = null;\n  }',
    replace: '    state.term = term;\n  }\n  state.vote = null;',
    invariants: ['I12 durable', 'I2 one vote per term', 'I1 election safety'],
    profile: 'elections',
  },
  {
    name: 'messages leave before the disk has what they promise',
    source: 'etcd #14370',
    file: 'src/engine/manager/raft-node.ts',
    find: 'if (ready.mustSync) {',
    replace: 'if (ready.snapshot) {',
    invariants: ['I12 durable'],
    profile: 'elections',
  },
  {
    name: 'the commit index is set to whatever the leader says',
    source: 'PySyncObj #166',
    file: 'src/engine/raft/log.ts',
    find: 'if (index <= log.commit) return false;',
    replace: 'if (index === log.commit) return false;',
    // Mostly the engine notices by itself that it has applied more than is committed.
    invariants: ['I10 only forward', ENGINE_ASSERTION],
    profile: 'elections',
  },
];
