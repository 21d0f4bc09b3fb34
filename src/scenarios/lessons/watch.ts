/**
 * Watches a step: takes pictures and events as they come and says which goals hold. The page and the tests use the same code. What is
 * asked over time is remembered here; who goes back in time begins a new watch.
 */
import type { EventId, Micros, TraceEvent } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { type Check, fits, type HistoryCheck, type StateCheck, type TimeCheck } from './check.ts';
import type { Step } from './lesson.ts';

export interface StepState {
  /** Goal by goal. */
  goals: readonly boolean[];
  /** A goal over time that can no longer be reached: only going back helps. */
  broken: readonly boolean[];
  done: boolean;
  hint: string | null;
}

type Memory =
  | { kind: 'events'; count: number; seen: Set<string> }
  | { kind: 'available'; running: Set<string>; broken: boolean }
  | { kind: 'held'; since: Micros | null }
  | { kind: 'ever'; was: boolean };

export class StepWatch {
  readonly #step: Step;
  readonly #memories = new Map<Check, Memory>();
  /** The step began after this event. */
  readonly since: EventId;
  #snapshot: Snapshot;
  #state: StepState;

  constructor(step: Step, snapshot: Snapshot) {
    this.#step = step;
    this.since = snapshot.eventCount;
    this.#snapshot = snapshot;
    for (const check of this.#checks()) this.#remember(check);
    this.#state = this.#look();
  }

  get state(): StepState {
    return this.#state;
  }

  /** The picture after these events, which are those since the last picture. */
  observe(snapshot: Snapshot, events: readonly TraceEvent[]): StepState {
    this.#snapshot = snapshot;
    for (const event of events) if (event.id > this.since) this.#note(event);
    for (const [check, memory] of this.#memories) this.#keep(check, memory);
    this.#state = this.#look();
    return this.#state;
  }

  /** A command line is run on a host. */
  noteCommand(host: string, command: string): void {
    for (const [check, memory] of this.#memories) {
      if (memory.kind !== 'events' || !('typed' in check)) continue;
      const isIt = new RegExp(check.typed.replaceAll(' ', '\\s+')).test(command);
      if (isIt && (check.on === undefined || check.on === host)) memory.count++;
    }
    this.#state = this.#look();
  }

  *#checks(): Iterable<Check> {
    for (const { check } of this.#step.goals ?? []) yield check;
    for (const { when } of this.#step.hints ?? []) yield when;
  }

  #look(): StepState {
    const { goals = [], hints = [] } = this.#step;
    const held = goals.map(({ check }) => this.#holds(check));
    const done = held.every((is) => is);
    return {
      goals: held,
      broken: goals.map(({ check }) => this.#isBroken(check)),
      done,
      hint: done ? null : (hints.find(({ when }) => this.#holds(when))?.say ?? null),
    };
  }

  #remember(check: Check): void {
    if ('all' in check || 'any' in check)
      for (const part of 'all' in check ? check.all : check.any) this.#remember(part);
    else if ('not' in check) this.#remember(check.not);
    else if ('happened' in check || 'asked' in check || 'answerers' in check || 'typed' in check)
      this.#memories.set(check, { kind: 'events', count: 0, seen: new Set() });
    else if ('available' in check) {
      const running = this.#snapshot.tasks.filter((task) => task.serviceName === check.available && isUp(task.state));
      this.#memories.set(check, { kind: 'available', running: new Set(running.map(({ id }) => id)), broken: false });
    } else if ('held' in check) {
      this.#remember(check.held);
      this.#memories.set(check, { kind: 'held', since: null });
    } else if ('ever' in check) {
      this.#remember(check.ever);
      this.#memories.set(check, { kind: 'ever', was: false });
    }
  }

  #note(event: TraceEvent): void {
    for (const [check, memory] of this.#memories) {
      if (memory.kind === 'events') noteEvent(check as HistoryCheck, memory, event);
      else if (memory.kind === 'available') noteTask(check as AvailableCheck, memory, event);
    }
  }

  #keep(check: Check, memory: Memory): void {
    if (memory.kind === 'held' && 'held' in check)
      memory.since = this.#holds(check.held) ? (memory.since ?? this.#snapshot.now) : null;
    else if (memory.kind === 'ever' && 'ever' in check) memory.was ||= this.#holds(check.ever);
  }

  #holds(check: Check): boolean {
    if ('all' in check) return check.all.every((part) => this.#holds(part));
    if ('any' in check) return check.any.some((part) => this.#holds(part));
    if ('not' in check) return !this.#holds(check.not);
    const memory = this.#memories.get(check);
    if (!memory) return isSo(check as StateCheck, this.#snapshot);
    switch (memory.kind) {
      case 'events':
        return 'answerers' in check
          ? fits(check.answerers, memory.seen.size)
          : fits(('times' in check ? check.times : undefined) ?? { min: 1 }, memory.count);
      case 'available':
        return !memory.broken;
      case 'held':
        return memory.since !== null && this.#snapshot.now - memory.since >= (check as HeldCheck).seconds * 1e6;
      case 'ever':
        return memory.was;
    }
  }

  #isBroken(check: Check): boolean {
    if ('all' in check) return check.all.some((part) => this.#isBroken(part));
    const memory = this.#memories.get(check);
    return memory?.kind === 'available' && memory.broken;
  }
}

type AvailableCheck = Extract<TimeCheck, { available: string }>;
type HeldCheck = Extract<TimeCheck, { held: Check }>;

const isUp = (state: string): boolean => state === 'running';

function noteEvent(check: HistoryCheck, memory: Extract<Memory, { kind: 'events' }>, event: TraceEvent): void {
  const { kind, machine, data = {} } = event;
  if ('answerers' in check) {
    if (kind === 'packet.answered' && typeof data.by === 'string') memory.seen.add(data.by);
    return;
  }
  if ('typed' in check || (check.on !== undefined && check.on !== machine)) return;
  if ('asked' in check) {
    if (kind === 'input.request' && `${String(data.method)} ${String(data.path)}`.startsWith(check.asked))
      memory.count++;
    return;
  }
  if (kind !== check.happened) return;
  if (Object.entries(check.where ?? {}).every(([name, value]) => data[name] === value)) memory.count++;
}

function noteTask(check: AvailableCheck, memory: Extract<Memory, { kind: 'available' }>, event: TraceEvent): void {
  if (event.kind !== 'task.state' || event.data?.service !== check.available) return;
  const id = event.objects.find((ref) => ref.startsWith('task:'))?.slice('task:'.length);
  if (id === undefined) return;
  if (isUp(String(event.data.state))) memory.running.add(id);
  else memory.running.delete(id);
  if (memory.running.size < check.atLeast) memory.broken = true;
}

/** Does it hold in this picture? */
export function isSo(check: StateCheck, snapshot: Snapshot): boolean {
  if ('service' in check) return isServiceSo(check, snapshot);
  if ('tasks' in check) return fits(check.count, tasksOf(check, snapshot).length);
  if ('spread' in check) {
    const running = snapshot.tasks.filter(
      (task) => task.serviceName === check.spread && isUp(task.state) && isWanted(task),
    );
    return fits(check.machines, new Set(running.map(({ machine }) => machine)).size);
  }
  if ('node' in check) return isNodeSo(check, snapshot);
  if ('nodes' in check) {
    const { role, state } = check;
    const nodes = snapshot.nodes.filter((node) => fitsWord(role, node.role) && fitsWord(state, node.state));
    return fits(check.nodes, nodes.length);
  }
  if ('machine' in check) return isMachineSo(check, snapshot);
  if ('leader' in check) {
    const leader = snapshot.quorum?.leader ?? null;
    if (check.leader === 'nobody') return leader === null;
    return check.leader === 'somebody' ? leader !== null : leader === check.leader;
  }
  if ('managers' in check) return fits(check.managers, snapshot.quorum?.members.length ?? 0);
  if ('volume' in check) {
    const { on, volume, empty } = check;
    return snapshot.machines.some(
      (machine) =>
        fitsWord(on, machine.name) &&
        machine.volumes?.some((each) => each.name === volume && (empty === undefined || each.empty === empty)),
    );
  }
  const present = snapshot.network?.overlays.filter(({ name }) => name === check.overlay) ?? [];
  return fits(check.machines, present.length);
}

const fitsWord = (wanted: string | undefined, is: string): boolean => wanted === undefined || wanted === is;
const isWanted = ({ desiredState }: { desiredState: string }): boolean =>
  desiredState === 'running' || desiredState === 'ready';

function isServiceSo(check: Extract<StateCheck, { service: string }>, { services }: Snapshot): boolean {
  const service = services.find(({ name }) => name === check.service);
  if (!service) return check.desired === 0 && check.running === undefined;
  return (
    fits(check.running, service.running) &&
    fits(check.desired, service.desired) &&
    (check.image === undefined || service.image.startsWith(check.image)) &&
    fitsWord(check.mode, service.mode) &&
    (check.port === undefined || service.ports.some(({ published }) => published === check.port)) &&
    (check.update === undefined || service.updateStatus?.state === check.update)
  );
}

function tasksOf(check: Extract<StateCheck, { tasks: string }>, { tasks }: Snapshot) {
  return tasks.filter(
    (task) =>
      task.serviceName === check.tasks &&
      (check.on === undefined || task.machine === check.on) &&
      fitsWord(check.state, task.state) &&
      (check.desired === undefined ? isWanted(task) || check.err !== undefined : task.desiredState === check.desired) &&
      (check.err === undefined || task.err.includes(check.err)) &&
      (check.image === undefined || task.image.includes(check.image)),
  );
}

function isNodeSo(check: Extract<StateCheck, { node: string }>, { nodes }: Snapshot): boolean {
  return nodes.some(
    (node) =>
      node.machine === check.node &&
      fitsWord(check.role, node.role) &&
      fitsWord(check.state, node.state) &&
      fitsWord(check.availability, node.availability) &&
      (check.label === undefined || node.labels[check.label[0]] === check.label[1]) &&
      (check.reachability === undefined || node.manager?.reachability === check.reachability),
  );
}

function isMachineSo(check: Extract<StateCheck, { machine: string }>, { machines }: Snapshot): boolean {
  const machine = machines.find(({ name }) => name === check.machine);
  if (!machine) return false;
  const { container } = check;
  return (
    (check.power === undefined || machine.power === check.power) &&
    (check.cable === undefined || machine.cable === check.cable) &&
    fitsWord(check.swarm, machine.swarm) &&
    (check.ports === undefined || machine.closedPorts.length === 0) &&
    (container === undefined ||
      machine.containers.some(({ name, state }) => state === 'running' && name.startsWith(container)))
  );
}
