/** What a sentence is made of: an event's facts as text, and names instead of ids. */
import type { ObjectRef, TraceEvent } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { nodeWithId, serviceWithId, splitRef, taskName, taskWithId } from '../store/rows.ts';

/** Names of things by their ids, from the last picture. Events keep ids, people want names. */
export interface Names {
  task(id: string): string | undefined;
  service(id: string): string | undefined;
  node(id: string): string | undefined;
  /** The task that a container was made for. */
  container?(id: string): string | undefined;
}

export function namesOf(snapshot: Snapshot | null): Names {
  return {
    task: (id) => {
      const task = taskWithId(snapshot, id);
      return task && taskName(task);
    },
    service: (id) => serviceWithId(snapshot, id)?.name,
    node: (id) => nodeWithId(snapshot, id)?.machine,
    container: (id) => {
      const task = snapshot?.tasks.find(({ containerId }) => containerId === id);
      return task && taskName(task);
    },
  };
}

/** An event with its facts within easy reach. */
export interface Facts {
  event: TraceEvent;
  /** A fact of `data` as text; empty when absent. */
  text(key: string): string;
  number(key: string): number | null;
  list(key: string): string[];
  names: Names;
  /** Host on which it happened. */
  host: string;
  task: string;
  service: string;
  node: string;
}

export function readFacts(event: TraceEvent, names: Names): Facts {
  const data = event.data ?? {};
  const text = (key: string) => plainText(data[key]);
  const number = (key: string) => (typeof data[key] === 'number' ? data[key] : null);
  const list = (key: string) => (Array.isArray(data[key]) ? data[key].map(plainText) : []);
  const idOf = (kind: string) => objectId(event.objects, kind);
  const nodeId = idOf('node') || text('nodeId');
  const taskId = idOf('task');
  const service = text('service') || (event.kind.startsWith('service.') ? text('name') : '');
  const slot = number('slot');
  const named = names.service(service) ?? names.service(idOf('service')) ?? service;
  return {
    event,
    names,
    text,
    number,
    list,
    host: event.machine ?? objectId(event.objects, 'machine'),
    task: names.task(taskId) ?? (named && slot ? `${named}.${slot}` : shortId(taskId)),
    service: named || shortId(idOf('service')),
    node:
      text('hostname') ||
      names.node(nodeId) ||
      names.node(text('node')) ||
      text('node') ||
      objectId(event.objects, 'machine'),
  };
}

function objectId(objects: readonly ObjectRef[], kind: string): string {
  const ref = objects.find((object) => object.startsWith(`${kind}:`));
  return ref ? splitRef(ref).id : '';
}

export function plainText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}

/** The part of an id that Docker's tables show. */
export const shortId = (id: string): string => id.slice(0, 12);
