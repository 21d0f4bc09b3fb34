/**
 * Everything that can be done to a machine or a container with a button, the context menu or a key: one list of data. What an action
 * does is a list of effects: a docker command for a terminal, or a fault; so each click can print what it stands for.
 */
import type { ObjectRef } from '../../protocol/events.ts';
import type { Fault } from '../../protocol/faults.ts';
import type { ContainerView, MachineView, NodeView, Snapshot, TaskView } from '../../protocol/snapshot.ts';
import {
  containerOfTask,
  machineNamed,
  nodeOfMachine,
  nodeWithId,
  splitRef,
  taskName,
  taskWithId,
} from '../store/rows.ts';

/** What an action does to the world. `host` null: the terminal of any manager that can be reached. */
export type Effect =
  | { type: 'command'; host: string | null; command: string }
  | { type: 'fault'; fault: Fault; note: string };

/** The thing acted upon, with the rows that belong to it. */
export interface Subject {
  snapshot: Snapshot;
  machine?: MachineView;
  node?: NodeView;
  task?: TaskView;
  container?: ContainerView;
}

export type SubjectKind = 'machine' | 'container';

export interface Action {
  id: string;
  label(subject: Subject): string;
  /** Single key, upper case as printed; pressed without modifiers. */
  key?: string;
  appliesTo: SubjectKind;
  /** Seldom wanted: in the menu and the palette, not among the buttons. */
  isRare?: true;
  /** Why it cannot be done now, in words; null when it can. */
  disabled(subject: Subject): string | null;
  effects(subject: Subject): Effect[];
}

const hostOf = (subject: Subject) => subject.machine?.name ?? '';
const noPower = (subject: Subject) => (subject.machine?.power ? null : `${hostOf(subject)} has no power`);
const notInSwarm = (subject: Subject) => (subject.node ? null : `${hostOf(subject)} is in no swarm`);
/** Docker wants an id where two node objects carry the same host name. */
function nodeArgument(subject: Subject): string {
  const same = subject.snapshot.nodes.filter((node) => node.machine === subject.node?.machine);
  return same.length > 1 ? (subject.node?.id ?? '') : (subject.node?.machine ?? '');
}
const nodeUpdate = (subject: Subject, flags: string): Effect[] => [
  { type: 'command', host: null, command: `docker node update ${flags} ${nodeArgument(subject)}` },
];
const fault = (fault: Fault, note: string): Effect[] => [{ type: 'fault', fault, note }];

const power: Action = {
  id: 'power',
  key: 'K',
  appliesTo: 'machine',
  label: (subject) => (subject.machine?.power ? 'Power off' : 'Power on'),
  disabled: () => null,
  effects: (subject) =>
    subject.machine?.power
      ? fault({ kind: 'power-off', machine: hostOf(subject) }, `power off: ${hostOf(subject)}`)
      : fault({ kind: 'power-on', machine: hostOf(subject) }, `power on: ${hostOf(subject)}`),
};

const cable: Action = {
  id: 'cable',
  key: 'C',
  appliesTo: 'machine',
  label: (subject) => (subject.machine?.cable ? 'Cut cable' : 'Mend cable'),
  disabled: () => null,
  effects: (subject) =>
    subject.machine?.cable
      ? fault({ kind: 'cable-cut', machine: hostOf(subject) }, `cable cut: ${hostOf(subject)}`)
      : fault({ kind: 'cable-mend', machine: hostOf(subject) }, `cable mended: ${hostOf(subject)}`),
};

const daemon: Action = {
  id: 'daemon',
  key: 'R',
  appliesTo: 'machine',
  label: (subject) => (subject.machine?.daemon === 'stopped' ? 'Start daemon' : 'Restart daemon'),
  disabled: noPower,
  effects: (subject) =>
    subject.machine?.daemon === 'stopped'
      ? fault({ kind: 'daemon-start', machine: hostOf(subject) }, `daemon start: ${hostOf(subject)}`)
      : fault({ kind: 'daemon-restart', machine: hostOf(subject) }, `daemon restart: ${hostOf(subject)}`),
};

const drain: Action = {
  id: 'drain',
  key: 'D',
  appliesTo: 'machine',
  label: (subject) => (subject.node?.availability === 'active' || !subject.node ? 'Drain' : 'Activate'),
  disabled: notInSwarm,
  effects: (subject) =>
    nodeUpdate(subject, `--availability ${subject.node?.availability === 'active' ? 'drain' : 'active'}`),
};

const promote: Action = {
  id: 'promote',
  key: 'P',
  appliesTo: 'machine',
  label: (subject) => (subject.node?.role === 'manager' ? 'Demote' : 'Promote'),
  disabled: notInSwarm,
  effects: (subject) => [
    {
      type: 'command',
      host: null,
      command: `docker node ${subject.node?.role === 'manager' ? 'demote' : 'promote'} ${nodeArgument(subject)}`,
    },
  ],
};

/** A trouble that comes and goes with the same entry. */
function trouble(
  id: string,
  [begin, end]: readonly [string, string],
  isThere: (machine: MachineView) => boolean,
  faults: (machine: string) => readonly [Fault | Fault[], Fault | Fault[]],
): Action {
  const isOn = ({ machine }: Subject): boolean => (machine ? isThere(machine) : false);
  return {
    id,
    appliesTo: 'machine',
    isRare: true,
    label: (subject) => (isOn(subject) ? end : begin),
    disabled: noPower,
    effects: (subject) => {
      const [toBegin, toEnd] = faults(hostOf(subject));
      const [words, chosen] = isOn(subject) ? [end, toEnd] : [begin, toBegin];
      const note = `${words.toLowerCase()}: ${hostOf(subject)}`;
      return [chosen].flat().flatMap((one) => fault(one, note));
    },
  };
}

const isClosed = (wanted: number) => (machine: MachineView) => machine.closedPorts.some(({ port }) => port === wanted);

/** Managers; gossip; overlay networks. */
const swarmPorts: readonly (readonly [number, ...('tcp' | 'udp')[]])[] = [
  [2377, 'tcp'],
  [7946, 'tcp', 'udp'],
  [4789, 'udp'],
];

const troubles: readonly Action[] = [
  trouble(
    'pause-daemon',
    ['Pause daemon', 'Resume daemon'],
    ({ troubles: has }) => has?.paused === true,
    (machine) => [
      { kind: 'daemon-pause', machine },
      { kind: 'daemon-resume', machine },
    ],
  ),
  trouble(
    'fill-disk',
    ['Fill disk', 'Free disk'],
    ({ troubles: has }) => has?.diskFull === true,
    (machine) => [
      { kind: 'disk-full', machine },
      { kind: 'disk-mend', machine },
    ],
  ),
  trouble(
    'slow-disk',
    ['Slow disk: 500 ms', 'Mend disk'],
    ({ troubles: has }) => has?.diskSync !== undefined,
    (machine) => [
      { kind: 'disk-slow', machine, syncMs: 500 },
      { kind: 'disk-mend', machine },
    ],
  ),
  trouble(
    'fast-clock',
    ['Clock runs double', 'Mend clock'],
    ({ troubles: has }) => has?.clockRate !== undefined,
    (machine) => [
      { kind: 'clock-rate', machine, rate: 2 },
      { kind: 'clock-mend', machine },
    ],
  ),
  trouble(
    'wrong-clock',
    ['Clock an hour ahead', 'Set clock right'],
    ({ troubles: has }) => has?.clockOffset !== undefined,
    (machine) => [
      { kind: 'clock-jump', machine, seconds: 3600 },
      { kind: 'clock-mend', machine },
    ],
  ),
  ...swarmPorts.map(([port, ...protocols]) =>
    trouble(`close-${port}`, [`Close port ${port}`, `Open port ${port}`], isClosed(port), (machine) => [
      protocols.map((protocol) => ({ kind: 'port-close', machine, port, protocol })),
      protocols.map((protocol) => ({ kind: 'port-open', machine, port, protocol })),
    ]),
  ),
  {
    id: 'lose-disk',
    appliesTo: 'machine',
    isRare: true,
    label: () => 'Lose disk',
    disabled: noPower,
    effects: (subject) =>
      fault({ kind: 'disk-lost', machine: hostOf(subject), what: 'everything' }, `lose disk: ${hostOf(subject)}`),
  },
];

const kill: Action = {
  id: 'kill',
  key: 'K',
  appliesTo: 'container',
  label: () => 'Kill container',
  disabled: (subject) => {
    if (subject.container?.state !== 'running') return 'no container is running';
    return subject.machine?.daemon === 'running' ? null : `the daemon of ${hostOf(subject)} does not answer`;
  },
  effects: (subject) => [
    { type: 'command', host: hostOf(subject), command: `docker kill ${subject.container?.id.slice(0, 12) ?? ''}` },
  ],
};

/** In the order in which menus and buttons show them. */
export const actions: readonly Action[] = [power, cable, daemon, drain, promote, ...troubles, kill];

/** The rows behind a selected thing; null when it is gone. */
export function subjectOf(snapshot: Snapshot | null, ref: ObjectRef | null): Subject | null {
  if (!snapshot || !ref) return null;
  const { kind, id } = splitRef(ref);
  switch (kind) {
    case 'machine':
      return machineSubject(snapshot, id);
    case 'node': {
      const node = nodeWithId(snapshot, id);
      return node ? { ...machineSubject(snapshot, node.machine), snapshot, node } : null;
    }
    case 'task': {
      const task = taskWithId(snapshot, id);
      if (!task) return null;
      return {
        snapshot,
        task,
        machine: machineNamed(snapshot, task.machine),
        container: containerOfTask(snapshot, task),
      };
    }
    case 'container': {
      const machine = snapshot.machines.find((row) => row.containers.some((container) => container.id === id));
      const container = machine?.containers.find((row) => row.id === id);
      return container ? { snapshot, machine, container, task: taskWithId(snapshot, container.taskId) } : null;
    }
    default:
      return null;
  }
}

function machineSubject(snapshot: Snapshot, name: string): Subject | null {
  const machine = machineNamed(snapshot, name);
  return machine ? { snapshot, machine, node: nodeOfMachine(snapshot, name) } : null;
}

/** What can be done to this thing. */
export function actionsFor(subject: Subject | null): readonly Action[] {
  if (!subject) return [];
  const kind: SubjectKind | null = subject.task || subject.container ? 'container' : subject.machine ? 'machine' : null;
  return actions.filter((action) => action.appliesTo === kind);
}

/** The action of a pressed key, if it has one for this thing and can be done. */
export function actionForKey(subject: Subject | null, key: string): Action | undefined {
  const wanted = key.toUpperCase();
  return actionsFor(subject).find((action) => action.key === wanted && subject && action.disabled(subject) === null);
}

/** The name of the thing, as menus and headings say it. */
export function subjectName(subject: Subject): string {
  if (subject.task) return taskName(subject.task);
  return subject.container?.name ?? subject.machine?.name ?? subject.node?.machine ?? '';
}

/** A manager whose terminal can change the swarm: `preferred` if it can, else the leader, else any that runs. */
export function commandHost(snapshot: Snapshot, preferred: string | null): string | null {
  const usable = snapshot.machines.filter(
    (machine) => machine.power && machine.daemon === 'running' && machine.role === 'manager',
  );
  const chosen =
    usable.find((machine) => machine.name === preferred) ??
    usable.find((machine) => machine.name === snapshot.quorum?.leader) ??
    usable[0];
  return chosen?.name ?? null;
}
