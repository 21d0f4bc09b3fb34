/** What the inspector says of the selected thing before any tab: its name, its state in words, the place of its JSON. */
import type { ObjectRef, TraceEvent } from '../../protocol/events.ts';
import type { MachineView, NodeView, ServiceView, Snapshot, TaskView } from '../../protocol/snapshot.ts';
import { commandHost } from '../actions/actions.ts';
import { timeText } from '../narrator/time-text.ts';
import { eventWithId } from '../store/event-log.ts';
import {
  containerOfTask,
  machineNamed,
  nodeOfMachine,
  nodeWithId,
  serviceWithId,
  splitRef,
  taskName,
  taskWithId,
} from '../store/rows.ts';

/** The selected thing, by kind. */
export type Inspected =
  | { kind: 'machine'; machine: MachineView; node?: NodeView }
  | { kind: 'task'; task: TaskView; service?: ServiceView }
  | { kind: 'service'; service: ServiceView }
  | { kind: 'container'; machine: MachineView; container: MachineView['containers'][number] }
  | { kind: 'event'; event: TraceEvent }
  | { kind: 'gone'; what: string };

export function inspect(snapshot: Snapshot, events: readonly TraceEvent[], ref: ObjectRef): Inspected {
  const { kind, id } = splitRef(ref);
  const gone: Inspected = { kind: 'gone', what: `${kind} ${id.slice(0, 12)}` };
  switch (kind) {
    case 'machine': {
      const machine = machineNamed(snapshot, id);
      return machine ? { kind, machine, node: nodeOfMachine(snapshot, id) } : gone;
    }
    case 'node': {
      const node = nodeWithId(snapshot, id);
      const machine = node && machineNamed(snapshot, node.machine);
      return machine ? { kind: 'machine', machine, node } : gone;
    }
    case 'task': {
      const task = taskWithId(snapshot, id);
      return task ? { kind, task, service: serviceWithId(snapshot, task.serviceId) } : gone;
    }
    case 'service': {
      const service = serviceWithId(snapshot, id);
      return service ? { kind, service } : gone;
    }
    case 'container': {
      const machine = snapshot.machines.find((row) => row.containers.some((container) => container.id === id));
      const container = machine?.containers.find((row) => row.id === id);
      return machine && container ? { kind, machine, container } : gone;
    }
    case 'event': {
      const event = eventWithId(events, Number(id));
      return event ? { kind, event } : { kind: 'gone', what: `event ${id}` };
    }
    default:
      return gone;
  }
}

/** `Running`, as Docker's tables spell states. */
export const stateWord = (state: string) => (state === '' ? '' : `${state[0]?.toUpperCase()}${state.slice(1)}`);

/** The state of a task in words; where it is and what is wanted differ, both. */
export function taskStateText(task: TaskView): string {
  const actual = stateWord(task.state);
  if (task.desiredState === task.state) return actual;
  return `${actual} → wants ${stateWord(task.desiredState)}`;
}

/** The state of a machine in words, the most important first. */
export function machineStateText(machine: MachineView, node: NodeView | undefined): string {
  const words: string[] = [];
  if (!machine.power) words.push('no power');
  else if (machine.daemon !== 'running') words.push(`daemon ${machine.daemon}`);
  if (!machine.cable) words.push('cable cut');
  if (!node) words.push('in no swarm');
  else {
    words.push(machine.isLeader ? 'Leader' : node.role, stateWord(node.state));
    if (node.availability !== 'active') words.push(stateWord(node.availability));
  }
  return words.join(' · ');
}

/** The Engine API request whose answer is this thing's JSON, and the host to ask; null when nobody can answer. */
export function jsonRequest(
  snapshot: Snapshot,
  inspected: Inspected,
): { host: string; path: string } | { none: string } {
  const manager = commandHost(snapshot, snapshot.quorum?.leader ?? null);
  const fromManager = (path: string) =>
    manager ? { host: manager, path } : { none: 'No manager runs: nobody can answer.' };
  switch (inspected.kind) {
    case 'machine':
      if (inspected.node) return fromManager(`/nodes/${inspected.node.id}`);
      return inspected.machine.power
        ? { host: inspected.machine.name, path: '/info' }
        : { none: `${inspected.machine.name} has no power.` };
    case 'task':
      return fromManager(`/tasks/${inspected.task.id}`);
    case 'service':
      return fromManager(`/services/${inspected.service.id}`);
    case 'container':
      return { host: inspected.machine.name, path: `/containers/${inspected.container.id}/json` };
    default:
      return { none: 'This has no JSON of its own.' };
  }
}

/** The objects whose events are this thing's events. */
export function objectsOf(inspected: Inspected): ObjectRef[] {
  switch (inspected.kind) {
    case 'machine':
      return [`machine:${inspected.machine.name}`, ...(inspected.node ? [`node:${inspected.node.id}` as const] : [])];
    case 'task':
      return [`task:${inspected.task.id}`];
    case 'service':
      return [`service:${inspected.service.id}`];
    case 'container':
      return [`container:${inspected.container.id}`];
    case 'event':
      return inspected.event.objects;
    default:
      return [];
  }
}

/** Facts as pairs of words, in the order of their weight. Ids and addresses are set in mono. */
export interface Fact {
  name: string;
  value: string;
  mono?: boolean;
  /** The value names a thing that can be selected. */
  ref?: ObjectRef;
}

export function factsOf(snapshot: Snapshot, inspected: Inspected): Fact[] {
  switch (inspected.kind) {
    case 'machine':
      return machineFacts(inspected.machine, inspected.node);
    case 'task':
      return taskFacts(snapshot, inspected.task);
    case 'service':
      return serviceFacts(inspected.service);
    case 'container':
      return containerFacts(inspected.machine, inspected.container);
    case 'event':
      return eventFacts(inspected.event);
    default:
      return [];
  }
}

const mono = (name: string, value: string): Fact => ({ name, value, mono: true });
const fact = (name: string, value: string): Fact => ({ name, value });

function machineFacts(machine: MachineView, node: NodeView | undefined): Fact[] {
  const { raft } = machine;
  const facts = [
    mono('Address', machine.address),
    fact('Power', machine.power ? 'on' : `off since ${timeText(machine.downSince ?? 0)}`),
    fact('Daemon', machine.daemon),
    fact('Cable', machine.cable ? 'plugged in' : 'cut'),
    fact('Swarm', `${machine.swarm}, says the daemon`),
    fact('Size', `${machine.cpus} CPUs, ${Math.round(machine.memoryBytes / 2 ** 20)} MiB`),
  ];
  if (node) {
    facts.push(
      mono('Node', node.id),
      fact('State', stateWord(node.state) + (node.message ? `: ${node.message}` : '')),
      fact('Availability', stateWord(node.availability)),
      fact('Role', node.role),
    );
    if (node.manager)
      facts.push(fact('Manager status', node.manager.leader ? 'Leader' : stateWord(node.manager.reachability)));
    const labels = Object.entries(node.labels).map(([key, value]) => `${key}=${value}`);
    if (labels.length > 0) facts.push(mono('Labels', labels.join(', ')));
  }
  if (machine.sessionWith)
    facts.push({ name: 'Agent reports to', value: machine.sessionWith, ref: `machine:${machine.sessionWith}` });
  if (raft) {
    facts.push(
      fact('Raft role', raft.role),
      fact('Term', String(raft.term)),
      fact('Committed, applied', `${raft.commitIndex}, ${raft.lastApplied}`),
      fact('Log', `${raft.firstIndex} to ${raft.lastIndex}`),
      fact('Members', raft.members.join(', ')),
    );
  }
  facts.push(fact('Containers', String(machine.containers.length)));
  return facts;
}

function taskFacts(snapshot: Snapshot, task: TaskView): Fact[] {
  const container = containerOfTask(snapshot, task);
  const facts = [
    mono('Task', task.id),
    fact('State', stateWord(task.state)),
    fact('Wanted', stateWord(task.desiredState)),
    fact('Since', timeText(task.since)),
    fact('Message', task.message),
    fact('Error', task.err),
    {
      name: 'Service',
      value: task.serviceName,
      ref: task.serviceId ? (`service:${task.serviceId}` as const) : undefined,
    },
    fact('Slot', task.slot > 0 ? String(task.slot) : 'none, one per node'),
    { name: 'Node', value: task.machine ?? '', ref: task.machine ? (`machine:${task.machine}` as const) : undefined },
    mono('Image', task.image),
    mono('Container', (task.containerId ?? '').slice(0, 12)),
    fact('Container is', container ? container.state : ''),
    fact('Exit code', task.exitCode === null ? '' : String(task.exitCode)),
    fact('Created', timeText(task.createdAt)),
  ];
  if (task.successor) {
    const successor = taskWithId(snapshot, task.successor);
    facts.push({
      name: 'In its place',
      value: successor
        ? `${taskName(successor)} on ${successor.machine ?? 'no node yet'}`
        : task.successor.slice(0, 12),
      ref: `task:${task.successor}`,
    });
  }
  return facts.filter((row) => row.value !== '');
}

function serviceFacts(service: ServiceView): Fact[] {
  const facts = [
    mono('Service', service.id),
    fact('Mode', service.mode),
    fact('Tasks', `${service.running} of ${service.desired} running`),
    mono('Image', service.image),
    mono(
      'Ports',
      service.ports.map((port) => `*:${port.published}->${port.target}/${port.protocol} (${port.mode})`).join(', '),
    ),
  ];
  if (service.updateStatus) {
    facts.push(fact('Update', `${service.updateStatus.state}: ${service.updateStatus.message}`));
  }
  return facts.filter((row) => row.value !== '');
}

function containerFacts(machine: MachineView, container: MachineView['containers'][number]): Fact[] {
  const facts: Fact[] = [
    mono('Container', container.id),
    mono('Image', container.image),
    fact('State', container.state),
    { name: 'Machine', value: machine.name, ref: `machine:${machine.name}` },
    fact('Started', container.startedAt === null ? '' : timeText(container.startedAt)),
    fact('Ended', container.finishedAt === null ? '' : timeText(container.finishedAt)),
    fact('Exit code', container.state === 'exited' ? String(container.exitCode) : ''),
  ];
  if (container.taskId)
    facts.push({ name: 'Task', value: container.taskId, mono: true, ref: `task:${container.taskId}` });
  return facts.filter((row) => row.value !== '');
}

function eventFacts(event: TraceEvent): Fact[] {
  const facts: Fact[] = [
    mono('Event', String(event.id)),
    mono('Kind', event.kind),
    mono('Time', timeText(event.at, 6)),
  ];
  if (event.cause > 0) facts.push({ name: 'Cause', value: `event ${event.cause}`, ref: `event:${event.cause}` });
  if (event.machine) facts.push({ name: 'Machine', value: event.machine, ref: `machine:${event.machine}` });
  for (const ref of event.objects) facts.push({ name: 'About', value: ref, mono: true, ref });
  for (const [key, value] of Object.entries(event.data ?? {})) {
    facts.push(mono(key, typeof value === 'string' ? value : JSON.stringify(value)));
  }
  return facts;
}
