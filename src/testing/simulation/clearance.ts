/**
 * The end of a run: everything that users have made is removed, and nothing of it may be left - no task, no container, no address or
 * port in the allocator's books, no row in the nodes' tables, no secret on a disk, no request under way.
 */
import { visibleRows } from '../checkers/network-checker.ts';
import { Violation } from '../checkers/violation.ts';
import type { Run } from '../simulation.ts';

const SECOND = 1_000_000;
/** Stops take up to their grace period; rows are told within moments. */
const LONGEST = 75 * SECOND;

/** Removes services first: what they use cannot go before them. */
export function clear(run: Run): void {
  const { tables } = run.history;
  for (const { id } of tables.service.values()) run.onManager({ op: 'service rm', service: id });
  const until = run.cluster.now + LONGEST;
  let left = whatIsLeft(run);
  while (left !== null && run.cluster.now < until) {
    run.advance(run.cluster.now + 2 * SECOND);
    if (tables.service.size === 0) removeRest(run);
    left = whatIsLeft(run);
  }
  if (left) throw left;
}

function removeRest(run: Run): void {
  const { network, secret, config } = run.history.tables;
  for (const { id, spec, predefined } of network.values())
    if (!spec.ingress && !predefined) run.onManager({ op: 'network rm', name: id });
  for (const { id } of secret.values()) run.onManager({ op: 'file rm', kind: 'secrets', name: id });
  for (const { id } of config.values()) run.onManager({ op: 'file rm', kind: 'configs', name: id });
}

function whatIsLeft(run: Run): Violation | null {
  const { tables } = run.history;
  const left = (invariant: string, what: string): Violation =>
    new Violation(invariant, `everything was removed, but ${what}`);
  for (const kind of ['service', 'secret', 'config'] as const)
    for (const { spec } of tables[kind].values()) return left('removal', `${kind} ${spec.annotations.name} is there`);
  for (const { spec, predefined } of tables.network.values())
    if (!spec.ingress && !predefined) return left('removal', `network ${spec.annotations.name} is there`);
  for (const { id, serviceAnnotations, status } of tables.task.values()) {
    const reachable = run.cluster.machines.some(
      ({ swarm }) => swarm.state.identity?.nodeId === tables.task.get(id)!.nodeId,
    );
    if (reachable) return left('removal', `task ${id} of ${serviceAnnotations.name} is there in state ${status.state}`);
  }
  return booksLeft(run) ?? machinesLeft(run) ?? run.packets.overdue();
}

/** N3: only gateways and the nodes' load balancers on the ingress network hold addresses; nobody holds a port. */
function booksLeft(run: Run): Violation | null {
  const wanted = run.addresses.books();
  const stray = wanted.find((line) => !/ (gateway|node:\w+)$/.test(line));
  if (stray && run.history.tables.task.size === 0)
    return new Violation('N3 the books balance', `everything was removed, but there is ${stray}`);
  const books = run.allocatorBooks();
  if (!books) return null;
  const known = new Set(wanted);
  const leaked = books.find((line) => !known.has(line));
  if (leaked) return new Violation('N3 the books balance', `the allocator holds ${leaked} for used`);
  const kept = new Set(books);
  const missing = wanted.find((line) => !kept.has(line));
  return missing === undefined
    ? null
    : new Violation('N3 the books balance', `the allocator holds ${missing} for free`);
}

function machinesLeft({ cluster, history }: Run): Violation | null {
  for (const { name, swarm, network, runtime } of cluster.machines) {
    const { agent, identity } = swarm.state;
    // Machines that were removed by force are not told.
    if (!agent || !identity || !history.tables.node.has(identity.nodeId)) continue;
    const left = (invariant: string, what: string): Violation =>
      new Violation(invariant, `everything was removed, but ${name} has ${what}`);
    for (const { taskId, config } of runtime.state.containers.values())
      if (taskId) return left('removal', `container ${config.name}`);
    for (const id of [...Object.keys(agent.secrets), ...Object.keys(agent.configs)])
      return left('N7 files only where needed', `file ${id}`);
    for (const overlay of network.state.present.values()) {
      if (!overlay.ingress) return left('N7 networks only where needed', `network ${overlay.name}`);
      const [row] = visibleRows(network.state.db, overlay.id);
      if (row) return left('N6 gossip tables agree', `a row of ${row.node} in the tables of ${overlay.name}`);
      if ((network.state.balancers.get(overlay.id)?.size ?? 0) > 0)
        return left('N4 names and balancers', `balancers on ${overlay.name}`);
    }
  }
  return null;
}
