/**
 * Rules for addresses, names and the mesh: N1 at any time, N4, N5 and N6 when nothing goes on any more. What is wanted is read
 * from the leader's store, what is from the nodes themselves. Each returns what is wrong, or null.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { Machine } from '../../engine/machine.ts';
import { isWithin } from '../../engine/network/ipv4.ts';
import { httpGet } from '../../engine/runtime/programs/sockets.ts';
import type { Store } from '../../engine/store/store.ts';

const bare = (address: string): string => address.split('/')[0]!;

function leaderStore(cluster: Cluster): Store | null {
  return cluster.machines.find(({ swarm }) => swarm.manager?.isLeading)?.swarm.manager?.store ?? null;
}

/** N1: on one network no two live owners hold one address, and all are within the subnet. */
export function addressConflict(cluster: Cluster): string | null {
  const store = leaderStore(cluster);
  if (!store) return null;
  const owners = new Map<string, string>();
  const subnets = new Map<string, string>();
  for (const { id, allocated } of store.all('network')) subnets.set(id, allocated?.configs[0]?.subnet ?? '');
  const held = function* (): Generator<[network: string, address: string, owner: string]> {
    for (const { id, allocated } of store.all('network'))
      if (allocated?.configs[0]?.gateway) yield [id, allocated.configs[0].gateway, 'gateway'];
    for (const { id, endpoint } of store.all('service'))
      for (const { networkId, address } of endpoint?.virtualIps ?? []) yield [networkId, address, `VIP of ${id}`];
    for (const { id, attachments } of store.all('node'))
      for (const network in attachments) yield [network, attachments[network]!, `node ${id}`];
    for (const task of store.all('task')) {
      if (task.status.state > 512) continue;
      for (const { networkId, addresses } of task.networks)
        for (const address of addresses) yield [networkId, address, `task ${task.id}`];
    }
  };
  for (const [network, address, owner] of held()) {
    const key = `${network} ${bare(address)}`;
    const other = owners.get(key);
    if (other) return `${bare(address)} on ${network} is held by ${other} and ${owner}`;
    owners.set(key, owner);
    if (subnets.has(network) && !isWithin(bare(address), subnets.get(network)!))
      return `${address} of ${owner} is outside of ${subnets.get(network)}`;
  }
  return null;
}

/**
 * N1 on the wire: two containers that really run with one address on one network. Those that the managers have given up are not
 * counted: on a node that nobody reaches they may run on while their addresses are given again, as in a real swarm.
 */
export function addressOnWire(cluster: Cluster): string | null {
  const store = leaderStore(cluster);
  if (!store) return null;
  const holders = new Map<string, string>();
  for (const { name, network } of cluster.machines)
    for (const sandbox of network.state.sandboxes.values()) {
      const task = sandbox.task === null ? undefined : store.get('task', sandbox.task);
      if (!task || task.status.state > 512) continue;
      for (const one of sandbox.interfaces) {
        if (one.kind !== 'overlay') continue;
        const key = `${one.network} ${one.address}`;
        const other = holders.get(key);
        if (other) return `${one.address} on ${one.networkName} is used by ${other} and ${sandbox.name} on ${name}`;
        holders.set(key, `${sandbox.name} on ${name}`);
      }
    }
  return null;
}

/** N6: tables on all nodes of a network are equal. */
export function gossipDifference(machines: readonly Machine[]): string | null {
  const first = new Map<string, { machine: string; rows: string }>();
  for (const { name, network } of machines)
    for (const { id, name: label } of network.state.present.values()) {
      const rows = [...network.db.rows(id)]
        .map((row) => `${row.table} ${row.key} ${row.ltime} ${row.node}`)
        .sort()
        .join('\n');
      const known = first.get(id);
      if (!known) first.set(id, { machine: name, rows });
      else if (known.rows !== rows)
        return `${known.machine} and ${name} hold other tables of ${label}:\n${known.rows}\n--\n${rows}`;
    }
  return null;
}

/** N4: names and balancers lead to the running tasks of the service, all of them and no others. */
export function namingError(cluster: Cluster): string | null {
  const store = leaderStore(cluster);
  if (!store) return 'no leader';
  for (const service of store.all('service')) {
    const running = store
      .tasksOfService(service.id)
      .filter((task) => task.status.state === 512 && task.desiredState === 512);
    const networks = new Set(running.flatMap((task) => task.networks.map(({ networkId }) => networkId)));
    for (const network of networks) {
      const wanted = running
        .flatMap((task) =>
          task.networks.filter(({ networkId }) => networkId === network).map(({ addresses }) => bare(addresses[0]!)),
        )
        .sort()
        .join(' ');
      const trouble = namingOn(cluster.machines, network, service.id, service.spec.annotations.name, wanted);
      if (trouble) return trouble;
    }
  }
  return null;
}

function namingOn(
  machines: readonly Machine[],
  id: string,
  service: string,
  name: string,
  wanted: string,
): string | null {
  for (const machine of machines) {
    const { network } = machine;
    const overlay = network.state.present.get(id);
    if (!overlay) continue;
    const balancer = network.state.balancers.get(id)?.get(service);
    const given = balancer?.destinations
      .filter(({ weight }) => weight > 0)
      .map(({ address }) => address)
      .sort()
      .join(' ');
    if (balancer && given !== wanted)
      return `${machine.name} balances ${name} on ${overlay.name} to ${given}, not ${wanted}`;
    if (overlay.ingress) continue;
    const tasks = [...(network.recordsOf(id).names.get(`tasks.${name}`) ?? [])].sort().join(' ');
    if (tasks !== wanted) return `on ${machine.name} tasks.${name} is ${tasks}, not ${wanted}`;
  }
  return null;
}

/** N5: every node answers on every published port of a service with a running task. Lets virtual time pass. */
export function meshError(cluster: Cluster, replies: Map<string, boolean>): string | null {
  const store = leaderStore(cluster);
  if (!store) return 'no leader';
  const asked: string[] = [];
  for (const service of store.all('service'))
    for (const port of service.endpoint?.ports ?? []) {
      if (port.publishMode !== 'ingress' || port.protocol !== 'tcp') continue;
      const runs = store
        .tasksOfService(service.id)
        .some((task) => task.status.state === 512 && task.desiredState === 512);
      if (!runs) continue;
      for (const { name } of cluster.machines) {
        const token = `${service.spec.annotations.name} on ${name}:${port.publishedPort}`;
        asked.push(token);
        cluster.fabric.open({
          origin: { kind: 'outside' },
          target: { host: name, port: port.publishedPort, protocol: 'tcp' },
          payload: httpGet(name),
          timeout: 3_000_000,
          traced: false,
          reply: { kind: 'mesh', machine: '', token },
        });
      }
    }
  cluster.advance(cluster.now + 4_000_000);
  const silent = asked.filter((token) => replies.get(token) !== true);
  return silent.length === 0 ? null : `no answer: ${silent.join(', ')}`;
}
