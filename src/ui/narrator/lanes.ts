/** Which lane of the timeline an event belongs to, by the first words of its kind. */
import type { EventLane } from '../../protocol/events.ts';

/** The lanes the dock draws, from top to bottom, with the lanes of the protocol that each holds. */
export const dockLanes: readonly { id: string; label: string; holds: readonly EventLane[] }[] = [
  { id: 'you', label: 'you', holds: ['you'] },
  { id: 'raft', label: 'raft', holds: ['raft'] },
  { id: 'nodes', label: 'nodes', holds: ['nodes'] },
  { id: 'tasks', label: 'tasks', holds: ['tasks', 'scheduling', 'runtime'] },
  { id: 'network', label: 'network', holds: ['network'] },
];

const laneOfFirstWord: Readonly<Record<string, EventLane>> = {
  input: 'you',
  raft: 'raft',
  manager: 'raft',
  store: 'raft',
  machine: 'nodes',
  node: 'nodes',
  daemon: 'nodes',
  agent: 'nodes',
  swarm: 'nodes',
  scheduler: 'scheduling',
  task: 'tasks',
  service: 'tasks',
  allocator: 'tasks',
  cluster: 'nodes',
  container: 'runtime',
  image: 'runtime',
  net: 'network',
  network: 'network',
  gossip: 'network',
  endpoint: 'network',
  flow: 'network',
  packet: 'network',
  load: 'network',
};

const known = new Map<string, EventLane>();

/** The lane of a kind; kinds nobody has placed go with the nodes, so that nothing is hidden. */
export function laneOf(kind: string): EventLane {
  let lane = known.get(kind);
  if (!lane) {
    const dot = kind.indexOf('.');
    lane = laneOfFirstWord[dot < 0 ? kind : kind.slice(0, dot)] ?? 'nodes';
    known.set(kind, lane);
  }
  return lane;
}
