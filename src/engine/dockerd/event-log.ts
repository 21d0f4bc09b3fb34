/** The daemon's event log: what `docker events` shows. `moby: daemon/events/events.go`, `filter.go` */
import type { EventMessage } from '../../protocol/engine-api.ts';
import type { Filters } from '../manager/controlapi/control-request.ts';
import { sortedMap } from './convert/go-json.ts';
import type { DockerdHost } from './host.ts';

/** Docker keeps this many for those who ask with `since`. */
export const KEPT_EVENTS = 256;

export interface NewEvent {
  readonly type: 'container' | 'network' | 'volume' | 'image' | 'node' | 'service' | 'secret' | 'config' | 'daemon';
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Default: local. */
  readonly scope?: 'local' | 'swarm';
}

/** The event as Docker's JSON, with the old names that containers and images still have. */
export function eventMessage(event: NewEvent, host: Pick<DockerdHost, 'epochMs' | 'now'>): EventMessage {
  const attributes = sortedMap(event.attributes);
  // Exact, where nanoseconds are not.
  const micros = host.epochMs * 1000 + host.now;
  const from = event.type === 'container' && attributes.image ? { from: attributes.image } : {};
  const old =
    event.type === 'container' || event.type === 'image' ? { status: event.action, id: event.id, ...from } : {};
  return {
    ...old,
    Type: event.type,
    Action: event.action,
    Actor: { ID: event.id, Attributes: attributes },
    scope: event.scope ?? 'local',
    time: Math.floor(micros / 1e6),
    timeNano: micros * 1000,
  };
}

/** Does an event pass the filters? Kinds' own keys match id or name. */
export function eventMatches(event: EventMessage, filters: Filters): boolean {
  return Object.entries(filters).every(([key, wanted]) => wanted.length === 0 || passes(event, key, wanted));
}

function passes(event: EventMessage, key: string, wanted: readonly string[]): boolean {
  const { ID: id, Attributes: attributes } = event.Actor;
  switch (key) {
    case 'event':
      return wanted.some((action) => event.Action === action || event.Action.startsWith(`${action}:`));
    case 'type':
      return wanted.includes(event.Type);
    case 'scope':
      return wanted.includes(event.scope ?? 'local');
    case 'label':
      return wanted.every((label) => {
        const [name, ...value] = label.split('=');
        const own = attributes[name!];
        return own !== undefined && (value.length === 0 || own === value.join('='));
      });
    case 'image': {
      const image = event.Type === 'image' ? (attributes.name ?? id) : attributes.image;
      return image !== undefined && wanted.some((name) => image === name || image.split(':')[0] === name);
    }
    case 'config':
    case 'container':
    case 'daemon':
    case 'network':
    case 'node':
    case 'plugin':
    case 'secret':
    case 'service':
    case 'volume':
      // By prefix, and whatever the event is about: `service=web` also finds the containers `web.1...`.
      return wanted.some((name) => id.startsWith(name) || attributes.name?.startsWith(name));
    default:
      return true;
  }
}
