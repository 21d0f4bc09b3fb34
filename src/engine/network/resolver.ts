/**
 * The resolver at 127.0.0.11 of a container, and that of a host. Source: `moby: daemon/libnetwork/resolver.go, sandbox.go
 * ResolveName`: case does not matter; user overlays before local networks; ingress never has names; `a.b` is tried as a
 * name, then as name `a` on network `b`; answers are shuffled at every query; what is not known goes to servers outside.
 *
 * Simplified: the world outside knows the machines by their host names, and nothing else; the default bridge has no names.
 */
import type { Random } from '../kernel/random.ts';
import type { ResolveResult } from '../runtime/programs/sockets.ts';
import { addressOfPointer, isAddress } from './ipv4.ts';
import type { NodeNetwork } from './node-network.ts';
import type { Sandbox } from './node-state.ts';
import type { ServiceRecords } from './service-records.ts';

/** What is known outside the cluster: machines by name. */
export type OutsideNames = (name: string) => string | null;

/** Looks a name up from a container (`sandbox`) or from the host itself. With `hosts`, the hosts file is asked first. */
export function resolveName(
  node: NodeNetwork,
  sandbox: Sandbox | null,
  asked: string,
  options: { hosts: boolean; outside: OutsideNames; dice: Random },
): ResolveResult {
  const name = asked.replace(/\.$/, '');
  if (isAddress(name)) return found(asked, [name], 'hosts', null);
  const fromFile = options.hosts ? hostsFile(node, sandbox, name) : null;
  if (fromFile) return found(asked, [fromFile], 'hosts', null);
  if (sandbox && !sandbox.host) {
    const answer = onNetworks(node, sandbox, asked, name, options.dice);
    if (answer) return answer;
    if (!sandbox.interfaces.some(({ kind }) => kind !== 'overlay'))
      return { ok: false, name: asked, reason: 'name not found' };
  }
  const outside = options.outside(name);
  return outside ? found(asked, [outside], 'outside', null) : { ok: false, name: asked, reason: 'name not found' };
}

function hostsFile(node: NodeNetwork, sandbox: Sandbox | null, name: string): string | null {
  const key = name.toLowerCase();
  if (key === 'localhost') return '127.0.0.1';
  if (!sandbox || sandbox.host) return key === node.machine.toLowerCase() ? node.address : null;
  return key === sandbox.hostname.toLowerCase() ? (sandbox.interfaces[0]?.address ?? '127.0.0.1') : null;
}

interface Zone {
  readonly name: string;
  readonly records: ServiceRecords;
}

/** Networks whose names this container can look up, in the order in which they are asked. */
function zonesOf(node: NodeNetwork, sandbox: Sandbox): Zone[] {
  const zones: Zone[] = [];
  for (const { kind, network, networkName } of sandbox.interfaces) {
    if (kind !== 'overlay' || node.state.present.get(network)?.ingress) continue;
    zones.push({ name: networkName, records: node.recordsOf(network) });
  }
  for (const { kind, network, networkName } of sandbox.interfaces)
    if (kind === 'bridge' && networkName !== 'bridge')
      zones.push({ name: networkName, records: node.bridgeRecords(network) });
  return zones;
}

function onNetworks(
  node: NodeNetwork,
  sandbox: Sandbox,
  asked: string,
  name: string,
  dice: Random,
): ResolveResult | null {
  const zones = zonesOf(node, sandbox);
  const reverse = addressOfPointer(name);
  if (reverse !== null) {
    for (const zone of zones) {
      const pointer = zone.records.pointers.get(reverse);
      if (pointer) return { ...found(asked, [], 'network', zone.name), pointer: `${pointer}.${zone.name}` };
    }
    return null;
  }
  const key = name.toLowerCase();
  for (const zone of zones) {
    const addresses = zone.records.names.get(key);
    if (addresses) return found(asked, shuffled(addresses, dice), 'network', zone.name);
  }
  const dot = key.lastIndexOf('.');
  if (dot > 0) {
    const zone = zones.find((candidate) => candidate.name.toLowerCase() === key.slice(dot + 1));
    const addresses = zone?.records.names.get(key.slice(0, dot));
    if (zone && addresses) return found(asked, shuffled(addresses, dice), 'network', zone.name);
  }
  return null;
}

function found(
  name: string,
  addresses: readonly string[],
  source: 'hosts' | 'network' | 'outside',
  network: string | null,
): ResolveResult & { ok: true } {
  return { ok: true, name, addresses, source, network, pointer: null };
}

function shuffled(addresses: readonly string[], dice: Random): readonly string[] {
  if (addresses.length < 2) return addresses;
  const order = [...addresses];
  for (let i = order.length - 1; i > 0; i--) {
    const j = dice.int(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
