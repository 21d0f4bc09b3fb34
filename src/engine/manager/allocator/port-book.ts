/**
 * Ports published through the routing mesh, per protocol. Source: `swarmkit: manager/allocator/portallocator.go`.
 * Any port may be asked for; automatic ones come serially from 30000 to 32767. Host-mode ports are not in these books.
 */
import type { Endpoint, EndpointSpec, PortConfig } from '../../store/objects.ts';

const DYNAMIC_START = 30_000;
const DYNAMIC_END = 32_767;

/** Last automatic port given, per protocol. */
export type PortCursors = Record<PortConfig['protocol'], number>;

export class PortBook {
  /** Service that holds each `tcp/80`. */
  private readonly owners = new Map<string, string>();

  claim(ports: readonly PortConfig[], serviceId: string): void {
    for (const port of ports) if (port.publishMode === 'ingress') this.owners.set(keyOf(port), serviceId);
  }

  /** Returns whether any was freed. */
  release(ports: readonly PortConfig[], serviceId: string): boolean {
    let freed = false;
    for (const port of ports) {
      if (port.publishMode !== 'ingress' || this.owners.get(keyOf(port)) !== serviceId) continue;
      freed = this.owners.delete(keyOf(port)) || freed;
    }
    return freed;
  }

  /** Gives a service the ports of its spec, keeping automatic ones that it has. Null if one is not to be had. */
  allocate(
    spec: EndpointSpec,
    before: Endpoint | null,
    serviceId: string,
    cursors: PortCursors,
  ): readonly PortConfig[] | null {
    const wanted = reconcilePorts(spec, before);
    this.release(before?.ports ?? [], serviceId);
    const given: PortConfig[] = [];
    for (const port of wanted) {
      const granted = port.publishMode === 'ingress' ? this.grant(port, serviceId, cursors) : port;
      if (!granted) {
        this.release(given, serviceId);
        this.claim(before?.ports ?? [], serviceId);
        return null;
      }
      given.push(granted);
    }
    return given;
  }

  private grant(port: PortConfig, serviceId: string, cursors: PortCursors): PortConfig | null {
    const granted = port.publishedPort === 0 ? this.automatic(port, cursors) : port;
    if (!granted || this.owners.has(keyOf(granted))) return null;
    this.owners.set(keyOf(granted), serviceId);
    return granted;
  }

  private automatic(port: PortConfig, cursors: PortCursors): PortConfig | null {
    const size = DYNAMIC_END - DYNAMIC_START + 1;
    const from = Math.max(cursors[port.protocol] + 1 - DYNAMIC_START, 0);
    for (let i = 0; i < size; i++) {
      const candidate = { ...port, publishedPort: DYNAMIC_START + ((from + i) % size) };
      if (this.owners.has(keyOf(candidate))) continue;
      cursors[port.protocol] = candidate.publishedPort;
      return candidate;
    }
    return null;
  }
}

/** Has every port of the spec its counterpart among those given, and none too many. */
export function portsAllocated(spec: EndpointSpec, endpoint: Endpoint | null): boolean {
  const given = [...(endpoint?.ports ?? [])];
  if (given.length !== spec.ports.length) return false;
  // Those that ask for a number first, so that an automatic one does not stand for them.
  return explicitFirst(spec.ports).every((port) => take(given, port) !== undefined);
}

/**
 * What to ask for: with as many ports as before, an automatic port stays what it was; else all are given anew, as swarmkit
 * does.
 */
function reconcilePorts(spec: EndpointSpec, before: Endpoint | null): readonly PortConfig[] {
  if (!before || before.ports.length !== spec.ports.length) return spec.ports;
  const given = before.ports.filter((port) => port.publishMode === 'ingress');
  return explicitFirst(spec.ports).map((port) => {
    const kept = port.publishMode === 'ingress' ? take(given, port) : undefined;
    return port.publishedPort === 0 && kept ? kept : port;
  });
}

function explicitFirst(ports: readonly PortConfig[]): readonly PortConfig[] {
  return ports.toSorted((a, b) => Number(isAutomatic(a)) - Number(isAutomatic(b)));
}

/** Takes the port that fulfils `wanted` out of the list. */
function take(given: PortConfig[], wanted: PortConfig): PortConfig | undefined {
  const at = given.findIndex(
    (port) =>
      port.name === wanted.name &&
      port.protocol === wanted.protocol &&
      port.targetPort === wanted.targetPort &&
      port.publishMode === wanted.publishMode &&
      (isAutomatic(wanted) ? port.publishedPort !== 0 : port.publishedPort === wanted.publishedPort),
  );
  return at < 0 ? undefined : given.splice(at, 1)[0];
}

function isAutomatic(port: PortConfig): boolean {
  return port.publishMode === 'ingress' && port.publishedPort === 0;
}

function keyOf(port: PortConfig): string {
  return `${port.protocol}/${port.publishedPort}`;
}
