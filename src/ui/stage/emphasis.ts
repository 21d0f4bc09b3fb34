/**
 * What the selected thing puts in the foreground. A selected service: its squares, the machines they stand on and its legend entry stay, the
 * rest is dimmed to half. A selected machine that lives: squares elsewhere are dimmed; machines, timers and messages are not, because
 * the story may be there. A dead machine dims nothing (its story goes on elsewhere), nor does a task.
 */
import type { ObjectRef } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { machineNamed, nodeOfMachine, nodeWithId, splitRef, taskWithId } from '../store/rows.ts';
import type { Emphasis } from './draw-machine.ts';
import type { MachineMark, TaskMark } from './scene.ts';

const DIM = 0.5;

export interface Selected {
  ref: ObjectRef;
  /** Machine by name, if the thing is one (or a node on one). */
  machine: string | null;
  /** That machine has power and is not held for down. */
  alive: boolean;
  service: string | null;
  task: string | null;
}

/** The selected thing in the stage's own words: nodes are machines, containers are their tasks. */
export function resolveSelection(snapshot: Snapshot, ref: ObjectRef | null): Selected | null {
  if (ref === null) return null;
  const { kind, id } = splitRef(ref);
  const none = { ref, machine: null, alive: false, service: null, task: null };
  if (kind === 'machine') return { ...none, machine: id, alive: isAlive(snapshot, id) };
  if (kind === 'node') {
    const machine = nodeWithId(snapshot, id)?.machine;
    return machine ? { ...none, ref: `machine:${machine}`, machine, alive: isAlive(snapshot, machine) } : none;
  }
  if (kind === 'service') return { ...none, service: id };
  if (kind === 'task') return { ...none, task: taskWithId(snapshot, id) ? id : null };
  if (kind === 'container') {
    for (const machine of snapshot.machines) {
      const task = machine.containers.find((container) => container.id === id)?.taskId;
      if (task) return { ...none, ref: `task:${task}`, task };
    }
  }
  return none;
}

function isAlive(snapshot: Snapshot, name: string): boolean {
  return machineNamed(snapshot, name)?.power === true && nodeOfMachine(snapshot, name)?.state !== 'down';
}

/** How strongly to draw each thing. */
export function emphasisOf(selected: Selected | null): Emphasis & { service(id: string | null): number; key: string } {
  const service = selected?.service ?? null;
  const machine = selected?.alive ? selected.machine : null;
  const hasService = (mark: MachineMark): boolean =>
    mark.tasks.some((task) => task.service.serviceId === service) ||
    mark.groups.some((group) => group.service.serviceId === service);
  return {
    key: service !== null ? `service ${service}` : machine !== null ? `machine ${machine}` : '',
    machine: (mark) => (service !== null && !hasService(mark) ? DIM : 1),
    task(mark: TaskMark) {
      if (service !== null) return mark.service.serviceId === service ? 1 : DIM;
      if (machine !== null) return mark.task.machine === machine ? 1 : DIM;
      return 1;
    },
    service: (id) => (service !== null && id !== service ? DIM : 1),
  };
}
