/**
 * Pictures of a swarm for the stage's tests: so many managers and workers, services, tasks spread over them, and the situations the stage has
 * to show. Made up, not simulated: it is never part of the page.
 */
import type { Micros } from '../../protocol/events.ts';
import type {
  MachineView,
  MessageView,
  NodeView,
  RaftView,
  ServiceView,
  Snapshot,
  TaskStateName,
  TaskView,
} from '../../protocol/snapshot.ts';

export interface FixtureOptions {
  managers: number;
  workers: number;
  services: { name: string; replicas: number; mode?: ServiceView['mode'] }[];
  now?: Micros;
}

const second = 1_000_000;
const base = 10 * second;

/** A swarm in which all is well; the second manager leads. */
export function steadySwarm({ managers, workers, services, now = 56_620_000 }: FixtureOptions): Snapshot {
  const names = Array.from({ length: managers + workers }, (_, index) => `node${index + 1}`);
  const managerNames = names.slice(0, managers);
  const leader = managerNames[Math.min(1, managers - 1)] ?? null;
  const term = 3;
  const machines = names.map((name, index): MachineView => {
    const isManager = index < managers;
    return {
      name,
      address: `192.168.99.${101 + index}`,
      power: true,
      daemon: 'running',
      cable: true,
      closedPorts: [],
      cpus: 2,
      memoryBytes: 2 ** 31,
      swarm: managers > 0 ? 'active' : 'inactive',
      nodeId: managers > 0 ? `n${index}` : null,
      role: managers === 0 ? null : isManager ? 'manager' : 'worker',
      isLeader: name === leader,
      raft: isManager ? raftOf(name, index, managerNames, leader, term, now) : null,
      sessionWith: leader,
      containers: [],
      downSince: null,
    };
  });
  const nodes = machines
    .filter((machine) => machine.nodeId !== null)
    .map(
      (machine): NodeView => ({
        id: machine.nodeId!,
        machine: machine.name,
        role: machine.role!,
        availability: 'active',
        state: 'ready',
        message: '',
        address: machine.address,
        labels: {},
        manager:
          machine.role === 'manager'
            ? { leader: machine.isLeader, reachability: 'reachable', address: `${machine.address}:2377` }
            : null,
      }),
    );
  const tasks: TaskView[] = [];
  let place = 0;
  const serviceRows = services.map((service, hueIndex): ServiceView => {
    for (let slot = 1; slot <= service.replicas; slot++) {
      tasks.push(taskOf(service.name, hueIndex, slot, machines[place++ % machines.length]!.name, 'running', now));
    }
    return {
      id: `s${hueIndex}`,
      name: service.name,
      mode: service.mode ?? 'replicated',
      image: `${service.name}:1.0`,
      desired: service.replicas,
      running: service.replicas,
      ports: [],
      updateStatus: null,
      hueIndex,
    };
  });
  return {
    now,
    epochMs: 0,
    seed: 41,
    eventCount: 100,
    machines,
    nodes,
    services: serviceRows,
    tasks,
    messages: [],
    quorum:
      managers > 0
        ? {
            members: managerNames.map((machine) => ({ machine, reachable: true, leader: machine === leader })),
            needed: Math.floor(managers / 2) + 1,
            leader,
            term,
            leaderlessSince: null,
          }
        : null,
    error: null,
  };
}

function raftOf(
  name: string,
  index: number,
  members: string[],
  leader: string | null,
  term: number,
  now: Micros,
): RaftView {
  return {
    raftId: `r${index}`,
    role: name === leader ? 'leader' : 'follower',
    term,
    votedFor: leader,
    leader,
    commitIndex: 43,
    lastApplied: 43,
    lastIndex: 43,
    firstIndex: 1,
    entries: Array.from({ length: 12 }, (_, at) => ({
      index: 32 + at,
      term,
      note: at % 3 === 0 ? '2 running' : 'web 3 → 5',
    })),
    electionTimerStarted: now - ((index * 7) % 10) * 100_000,
    electionTimeout: base + ((index * 37) % 90) * 100_000,
    electionTimeoutBase: base,
    votesGranted: [],
    votesRejected: [],
    refusals: [],
    members,
    peers:
      name === leader
        ? members
            .filter((member) => member !== name)
            .map((machine, at) => ({
              machine,
              lastHeard: now - (at + 1) * 180_000,
              matchIndex: 43,
              nextIndex: 44,
              active: true,
            }))
        : [],
  };
}

export function taskOf(
  serviceName: string,
  hueIndex: number,
  slot: number,
  machine: string | null,
  state: TaskStateName,
  now: Micros,
  more: Partial<TaskView> = {},
): TaskView {
  return {
    id: `${serviceName}-${slot}-${state}-${machine}`,
    serviceId: `s${hueIndex}`,
    serviceName,
    slot,
    nodeId: machine === null ? null : `n${Number(machine.slice(4)) - 1}`,
    machine,
    state,
    desiredState: 'running',
    message: '',
    err: '',
    image: `${serviceName}:1.0`,
    since: now - second,
    createdAt: now - 40 * second + slot,
    containerId: null,
    exitCode: null,
    lastEvent: 1,
    successor: null,
    ...more,
  };
}

let lastMessage = 0;
export function messageOf(
  kind: string,
  from: string,
  to: string,
  departs: Micros,
  arrives: Micros,
  more: Partial<MessageView> = {},
): MessageView {
  lastMessage += 1;
  return { id: lastMessage, from, to, departs, arrives, kind, ...more };
}

const shop = [
  { name: 'web', replicas: 9 },
  { name: 'api', replicas: 6 },
  { name: 'queue', replicas: 4 },
  { name: 'thumb', replicas: 5 },
];

/** Changes the rows of one machine. */
export function withMachine(snapshot: Snapshot, name: string, change: Partial<MachineView>): Snapshot {
  return {
    ...snapshot,
    machines: snapshot.machines.map((machine) => (machine.name === name ? { ...machine, ...change } : machine)),
  };
}

export function withNode(snapshot: Snapshot, name: string, change: Partial<NodeView>): Snapshot {
  return {
    ...snapshot,
    nodes: snapshot.nodes.map((node) => (node.machine === name ? { ...node, ...change } : node)),
  };
}

/** Situations by name, each a whole picture. */
export const situations: Record<string, () => Snapshot> = {
  steady: () => withHeartbeats(steadySwarm({ managers: 3, workers: 4, services: shop })),
  first: () => withHeartbeats(steadySwarm({ managers: 3, workers: 2, services: [{ name: 'web', replicas: 6 }] })),
  blank: () => steadySwarm({ managers: 0, workers: 5, services: [] }),
  'leader-dead': () => leaderDead(steadySwarm({ managers: 3, workers: 2, services: [{ name: 'web', replicas: 6 }] })),
  election: () => election(steadySwarm({ managers: 5, workers: 2, services: shop })),
  'node-down': () => nodeDown(steadySwarm({ managers: 3, workers: 4, services: shop })),
  drain: () => drained(steadySwarm({ managers: 3, workers: 4, services: shop })),
  big: () =>
    withTraffic(
      steadySwarm({
        managers: 5,
        workers: 45,
        services: [
          { name: 'web', replicas: 500 },
          { name: 'api', replicas: 200 },
          { name: 'payments-gateway', replicas: 120 },
          { name: 'thumb', replicas: 100 },
          { name: 'queue', replicas: 50 },
          { name: 'redis', replicas: 20 },
          { name: 'report', replicas: 10 },
        ],
      }),
      200,
    ),
  huge: () =>
    withTraffic(
      steadySwarm({
        managers: 7,
        workers: 993,
        services: [
          { name: 'web', replicas: 6000 },
          { name: 'api', replicas: 3000 },
          { name: 'thumb', replicas: 1000 },
        ],
      }),
      200,
    ),
  many: () =>
    steadySwarm({
      managers: 1,
      workers: 3,
      services: [
        { name: 'web', replicas: 300 },
        { name: 'api', replicas: 40 },
      ],
    }),
  ten: () => withHeartbeats(steadySwarm({ managers: 5, workers: 5, services: shop })),
};

function withHeartbeats(snapshot: Snapshot): Snapshot {
  const { now, quorum } = snapshot;
  const leader = quorum?.leader;
  if (!leader) return snapshot;
  const messages: MessageView[] = [];
  for (const { machine } of quorum.members) {
    if (machine === leader) continue;
    messages.push(
      messageOf('raft.append', leader, machine, now - 400_000, now + 600_000, { term: 3, note: '2 entries' }),
    );
    messages.push(
      messageOf('raft.heartbeat-reply', machine, leader, now - 650_000, now + 350_000, { term: 3, ok: true }),
    );
  }
  for (const machine of snapshot.machines.filter((one) => one.role === 'worker')) {
    messages.push(messageOf('dispatcher.heartbeat', machine.name, leader, now - 300_000, now + 300_000));
    messages.push(messageOf('dispatcher.assignments', leader, machine.name, now - 500_000, now + 500_000));
  }
  return { ...snapshot, messages };
}

/** Messages between random pairs, long enough in flight to be there all the time. */
function withTraffic(snapshot: Snapshot, count: number): Snapshot {
  const { now, machines } = snapshot;
  const kinds = [
    'dispatcher.heartbeat',
    'dispatcher.status',
    'dispatcher.assignments',
    'raft.append',
    'raft.heartbeat',
  ];
  const messages = Array.from({ length: count }, (_, index) => {
    const manager = machines[index % 5]!.name;
    const kind = kinds[index % kinds.length]!;
    const other = kind.startsWith('raft')
      ? machines[(index + 1) % 5]!.name
      : machines[(index * 13) % machines.length]!.name;
    const departs = now - ((index * 7919) % 900) * 1000;
    return messageOf(
      kind,
      index % 2 === 0 ? manager : other,
      index % 2 === 0 ? other : manager,
      departs,
      departs + 1_000_000,
      {
        note: '3',
      },
    );
  });
  return { ...snapshot, messages };
}

function leaderDead(snapshot: Snapshot): Snapshot {
  const { now } = snapshot;
  const dead = withMachine(snapshot, 'node2', {
    power: false,
    daemon: 'stopped',
    isLeader: false,
    raft: null,
    downSince: now - 4_200_000,
  });
  return {
    ...dead,
    machines: dead.machines.map((machine) =>
      machine.raft
        ? { ...machine, raft: { ...machine.raft, leader: null, electionTimerStarted: now - 4_900_000 - machine.cpus } }
        : machine,
    ),
    quorum: {
      members: dead.quorum!.members.map((member) => ({
        ...member,
        leader: false,
        reachable: member.machine !== 'node2',
      })),
      needed: 2,
      leader: null,
      term: 3,
      leaderlessSince: now - 4_200_000,
    },
    messages: [
      messageOf('dispatcher.heartbeat', 'node4', 'node2', now - 900_000, now + 100_000, {
        dropped: { at: now - 100_000, reason: 'node2 has no power' },
      }),
      messageOf('dispatcher.heartbeat', 'node5', 'node2', now - 300_000, now + 300_000, {
        dropped: { at: now + 290_000, reason: 'node2 has no power' },
      }),
    ],
  };
}

function election(snapshot: Snapshot): Snapshot {
  const { now } = snapshot;
  const dead = withMachine(snapshot, 'node1', {
    power: false,
    daemon: 'stopped',
    raft: null,
    downSince: now - 13_400_000,
  });
  const raftOfMachine = (machine: MachineView): RaftView | null => {
    if (!machine.raft) return null;
    const raft = { ...machine.raft, leader: null, role: 'follower' as const, peers: [], votedFor: 'r2' };
    switch (machine.name) {
      case 'node2':
        return { ...raft, term: 7, electionTimerStarted: now - 100_000, electionTimeout: 17 * second };
      case 'node3':
        return {
          ...raft,
          role: 'candidate',
          term: 7,
          electionTimerStarted: now - 140_000,
          electionTimeout: 15 * second,
          votesGranted: ['node3', 'node2'],
          votesRejected: ['node4'],
          refusals: [{ machine: 'node4', reason: 'log behind: (3,43) < (6,44)' }],
        };
      case 'node4':
        return {
          ...raft,
          term: 7,
          lastIndex: 44,
          entries: [...raft.entries.slice(1), { index: 44, term: 6, note: 'web 5 → 6' }],
          electionTimerStarted: now - 40_000,
          electionTimeout: 12 * second,
          votedFor: null,
        };
      default:
        return { ...raft, term: 6, electionTimerStarted: now - 13_500_000, electionTimeout: 16 * second };
    }
  };
  return {
    ...dead,
    machines: dead.machines.map((machine) => ({ ...machine, isLeader: false, raft: raftOfMachine(machine) })),
    quorum: {
      members: dead.quorum!.members.map((member) => ({
        ...member,
        leader: false,
        reachable: member.machine !== 'node1',
      })),
      needed: 3,
      leader: null,
      term: 7,
      leaderlessSince: now - 13_400_000,
    },
    messages: [
      messageOf('raft.vote-request', 'node3', 'node5', now - 140_000, now + 170_000, { term: 7 }),
      messageOf('raft.vote-request', 'node3', 'node1', now - 140_000, now + 100_000, {
        term: 7,
        dropped: { at: now - 10_000, reason: 'node1 has no power' },
      }),
      messageOf('raft.vote-reply', 'node4', 'node3', now - 40_000, now + 40_000, {
        term: 7,
        ok: false,
        note: 'log behind',
      }),
    ],
  };
}

function nodeDown(snapshot: Snapshot): Snapshot {
  const { now } = snapshot;
  let down = withNode(snapshot, 'node6', { state: 'down', message: 'heartbeat failure' });
  down = withMachine(down, 'node6', { power: false, daemon: 'stopped', downSince: now - 14_000_000 });
  const targets = ['node2', 'node3', 'node1', 'node5'];
  const states: TaskStateName[] = ['ready', 'assigned', 'preparing', 'starting'];
  const lost = down.tasks.filter((task) => task.machine === 'node6');
  const successors = lost.map((task, index) =>
    taskOf(
      task.serviceName,
      Number(task.serviceId!.slice(1)),
      task.slot,
      index === 1 ? null : targets[index % 4]!,
      index === 1 ? 'pending' : states[index % 4]!,
      now,
      {
        createdAt: now,
      },
    ),
  );
  const tasks = down.tasks.map((task) => {
    const index = lost.indexOf(task);
    return index < 0 ? task : { ...task, desiredState: 'shutdown' as const, successor: successors[index]!.id };
  });
  const failed = taskOf('queue', 2, 2, 'node7', 'failed', now, { desiredState: 'shutdown', successor: tasks[0]!.id });
  return {
    ...down,
    tasks: [...tasks, ...successors, failed],
    services: down.services.map((service) => ({
      ...service,
      running: service.running - lost.filter((task) => task.serviceId === service.id).length,
    })),
  };
}

function drained(snapshot: Snapshot): Snapshot {
  const { now } = snapshot;
  let drain = withNode(snapshot, 'node5', { availability: 'drain' });
  drain = withNode(drain, 'node2', { availability: 'drain' });
  drain = withNode(drain, 'node4', { availability: 'pause' });
  drain = withNode(drain, 'node3', {
    manager: { leader: false, reachability: 'unreachable', address: '' },
  });
  drain = withMachine(drain, 'node3', { cable: false });
  drain = withNode(drain, 'node7', { state: 'unknown' });
  const tasks = drain.tasks.map((task, index) =>
    task.machine === 'node5'
      ? {
          ...task,
          desiredState: 'shutdown' as const,
          ...(index % 2 === 0 ? { state: 'shutdown' as const, since: now - second } : {}),
        }
      : task,
  );
  const coming = drain.tasks
    .filter((task) => task.machine === 'node5')
    .map((task, index) =>
      taskOf(
        task.serviceName,
        Number(task.serviceId!.slice(1)),
        task.slot,
        ['node6', 'node1'][index % 2]!,
        'preparing',
        now,
        { createdAt: now },
      ),
    );
  return { ...drain, tasks: [...tasks, ...coming] };
}
