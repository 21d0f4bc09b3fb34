/** What users might do next, drawn from dice, with an eye on what there is. */
import type { Cluster } from '../../engine/cluster.ts';
import type { Random } from '../../engine/kernel/random.ts';
import type { Machine } from '../../engine/machine.ts';
import type { Node } from '../../engine/store/objects.ts';
import type { CommittedHistory } from '../checkers/committed-history.ts';
import type { Command, ServiceChange, ServiceWish } from './commands.ts';
import type { Act } from './step.ts';

/** What a draw may look at. */
export interface Ground {
  readonly cluster: Cluster;
  readonly history: CommittedHistory;
  readonly dice: Random;
  /** Numbers the names of what is made. */
  next: number;
}

/** Services that a swarm of this size carries at once: more only make runs slower. */
const MOST_SERVICES = 5;
const MOST_NETWORKS = 3;
const ZONES = ['east', 'west'];
const IMAGES = ['nginx:1.26', 'nginx:1.27', 'traefik/whoami:v1.10', 'httpd:2.4'];
const SECOND = 1_000_000_000;
/** Ports that services compete for. */
const PORTS = [8080, 8081, 8082];

type Draw = (ground: Ground) => Command | null;

/** How often each is drawn, in proportion. */
const DRAWS: readonly (readonly [weight: number, draw: Draw])[] = [
  [10, createService],
  [14, updateService],
  [3, (ground) => ofService(ground, (service) => ({ op: 'service rollback', service }))],
  [5, (ground) => ofService(ground, (service) => ({ op: 'service rm', service }))],
  [7, changeAvailability],
  [3, labelNode],
  [7, changeRole],
  [2, removeNode],
  [2, leave],
  [4, join],
  [1, ({ dice }) => ({ op: 'token rotate', role: pick(dice, ['Worker', 'Manager'] as const) })],
  [4, createNetwork],
  [2, removeNetwork],
  [3, createFile],
  [2, removeFile],
  [6, look],
];

/** A command, on some host: most often a manager, since workers refuse. */
export function drawCommand(ground: Ground, draws = DRAWS): Act {
  const { dice } = ground;
  const total = draws.reduce((sum, [weight]) => sum + weight, 0);
  for (;;) {
    let left = dice.int(total);
    const [, draw] = draws.find(([weight]) => (left -= weight) < 0)!;
    const command = draw(ground);
    if (command) return { kind: 'command', host: hostFor(ground, command), command };
  }
}

/** The swarm from the point of view of its users: services come and go, are updated and scaled. */
export const SERVICE_DRAWS: readonly (readonly [number, Draw])[] = [
  [12, createService],
  [24, updateService],
  [5, (ground) => ofService(ground, (service) => ({ op: 'service rollback', service }))],
  [5, (ground) => ofService(ground, (service) => ({ op: 'service rm', service }))],
  [5, changeAvailability],
  [3, labelNode],
  [3, createFile],
  [2, removeFile],
  [3, look],
];

/** What moves addresses, names and published ports. */
export const NETWORK_DRAWS: readonly (readonly [number, Draw])[] = [
  [12, createService],
  [16, updateService],
  [4, (ground) => ofService(ground, (service) => ({ op: 'service rm', service }))],
  [8, createNetwork],
  [3, removeNetwork],
  [4, changeAvailability],
  [2, leave],
  [4, join],
];

function hostFor({ cluster, dice }: Ground, command: Command): string {
  if (command.op === 'swarm leave' || command.op === 'swarm join') return command.machine;
  const managers = cluster.machines.filter(({ swarm }) => swarm.manager !== null);
  return pick(dice, managers.length > 0 && dice.chance(0.9) ? managers : cluster.machines).name;
}

export function pick<T>(dice: Random, items: readonly T[]): T {
  return items[dice.int(items.length)]!;
}

// ---- services

function createService(ground: Ground): Command | null {
  if (ground.history.tables.service.size >= MOST_SERVICES) return null;
  return { op: 'service create', wish: drawWish(ground) };
}

function drawWish(ground: Ground): ServiceWish {
  const { dice } = ground;
  const name = `s${ground.next++}`;
  const fate = dice.int(12);
  const isJob = fate === 0;
  const container: Record<string, unknown> = isJob ? job(dice) : program(dice, fate);
  const networks = drawNetworks(ground);
  const published = isJob ? [] : drawPorts(dice);
  const isMesh = published.some(({ PublishMode }) => PublishMode === 'ingress');
  const mode = isJob
    ? jobMode(dice)
    : dice.chance(0.2)
      ? { Global: {} }
      : { Replicated: { Replicas: dice.between(1, 4) } };
  const spec = {
    Name: name,
    Labels: {},
    TaskTemplate: {
      ContainerSpec: container,
      ...(dice.chance(0.5) && { RestartPolicy: drawRestart(dice, isJob) }),
      ...(dice.chance(0.4) && { Placement: drawPlacement(ground) }),
      ...(dice.chance(0.25) && {
        Resources: {
          Reservations: { NanoCPUs: pick(dice, [2.5e8, 5e8, 1e9]), MemoryBytes: pick(dice, [2 ** 28, 2 ** 33]) },
        },
      }),
      ...(networks.length > 0 && { Networks: networks.map((Target) => ({ Target })) }),
    },
    Mode: mode,
    ...(!isJob && dice.chance(0.7) && { UpdateConfig: drawUpdate(dice), RollbackConfig: drawUpdate(dice) }),
    EndpointSpec: { Mode: isMesh || dice.chance(0.8) ? 'vip' : 'dnsrr', Ports: published },
  };
  return { spec, ...drawFiles(ground) };
}

/** Most run for ever; some fail, at once or after a while, some are never healthy, some have no image. */
function program(dice: Random, fate: number): Record<string, unknown> {
  const grace = dice.chance(0.2) ? { StopGracePeriod: dice.between(1, 15) * SECOND } : {};
  if (fate === 1) return { Image: 'nosuch/image:1' };
  if (fate === 2)
    return { Image: 'alpine:3.20', Command: ['sh', '-c', `sleep ${dice.between(1, 20)}; exit ${dice.int(3)}`] };
  if (fate === 3) return { Image: 'alpine:3.20', Command: ['sh', '-c', 'exit 1'] };
  if (fate === 4)
    return {
      Image: 'nginx:1.26',
      Healthcheck: { Test: ['CMD-SHELL', 'exit 1'], Interval: 2 * SECOND, Timeout: SECOND, Retries: 2 },
    };
  if (fate <= 6)
    return {
      Image: 'nginx:1.26',
      Healthcheck: {
        Test: ['CMD', 'wget', '-q', '-O-', 'http://localhost/'],
        Interval: 3 * SECOND,
        Timeout: SECOND,
        Retries: 2,
      },
      ...grace,
    };
  return { Image: pick(dice, IMAGES), ...grace };
}

function job(dice: Random): Record<string, unknown> {
  return {
    Image: 'alpine:3.20',
    Command: ['sh', '-c', `sleep ${dice.between(1, 8)}; exit ${dice.chance(0.2) ? 1 : 0}`],
  };
}

function jobMode(dice: Random): Record<string, unknown> {
  if (dice.chance(0.3)) return { GlobalJob: {} };
  return { ReplicatedJob: { MaxConcurrent: dice.between(1, 3), TotalCompletions: dice.between(1, 5) } };
}

function drawRestart(dice: Random, isJob: boolean): Record<string, unknown> {
  return {
    Condition: isJob ? 'on-failure' : pick(dice, ['any', 'any', 'on-failure', 'none']),
    Delay: pick(dice, [0, 1, 5, 10]) * SECOND,
    ...(dice.chance(0.4) && { MaxAttempts: dice.between(1, 4) }),
    ...(dice.chance(0.2) && { Window: dice.between(10, 60) * SECOND }),
  };
}

function drawPlacement(ground: Ground): Record<string, unknown> {
  const { dice } = ground;
  return {
    ...(dice.chance(0.5) && { Constraints: drawConstraints(ground) }),
    ...(dice.chance(0.4) && { Preferences: [{ Spread: { SpreadDescriptor: 'node.labels.zone' } }] }),
    ...(dice.chance(0.2) && { MaxReplicas: dice.between(1, 2) }),
  };
}

function drawConstraints({ cluster, dice }: Ground): string[] {
  return [
    pick(dice, [
      'node.role==worker',
      'node.role==manager',
      `node.labels.zone==${pick(dice, ZONES)}`,
      `node.labels.zone!=${pick(dice, ZONES)}`,
      `node.hostname!=${pick(dice, cluster.machines).name}`,
    ]),
  ];
}

function drawUpdate(dice: Random): Record<string, unknown> {
  return {
    Parallelism: dice.int(4),
    Delay: pick(dice, [0, 0, 1, 3]) * SECOND,
    FailureAction: pick(dice, ['pause', 'continue', 'rollback']),
    Monitor: dice.between(1, 10) * SECOND,
    MaxFailureRatio: pick(dice, [0, 0, 0.3]),
    Order: pick(dice, ['stop-first', 'start-first']),
  };
}

function drawPorts(dice: Random): Record<string, unknown>[] {
  const port = (PublishMode: string, PublishedPort: number): Record<string, unknown> => ({
    Protocol: 'tcp',
    TargetPort: 80,
    PublishedPort,
    PublishMode,
  });
  switch (dice.int(6)) {
    case 0:
    case 1:
      return [port('ingress', pick(dice, PORTS))];
    case 2:
      return [port('ingress', 0)];
    case 3:
      return [port('host', 9000 + dice.int(2))];
    case 4:
      return dice.chance(0.3) ? [port('ingress', pick(dice, PORTS)), { ...port('ingress', 0), TargetPort: 81 }] : [];
    default:
      return [];
  }
}

function drawNetworks({ history, dice }: Ground): string[] {
  const names: string[] = [];
  for (const { spec } of history.tables.network.values())
    if (!spec.ingress && spec.driver === 'overlay' && dice.chance(0.4)) names.push(spec.annotations.name);
  return names;
}

function drawFiles({ history, dice }: Ground): { secrets: string[]; configs: string[] } {
  const some = (kind: 'secret' | 'config'): string[] =>
    [...history.tables[kind].values()].flatMap(({ spec }) => (dice.chance(0.3) ? [spec.annotations.name] : []));
  return { secrets: some('secret'), configs: some('config') };
}

function ofService({ history, dice }: Ground, make: (name: string) => Command): Command | null {
  const services = [...history.tables.service.values()];
  return services.length === 0 ? null : make(pick(dice, services).spec.annotations.name);
}

function updateService(ground: Ground): Command | null {
  return ofService(ground, (service) => ({
    op: 'service update',
    service,
    change: drawChange(ground),
    ...hesitation(ground.dice),
  }));
}

function drawChange(ground: Ground): ServiceChange {
  const { dice } = ground;
  switch (dice.int(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return { kind: 'replicas', replicas: dice.chance(0.2) ? 0 : dice.between(1, 6) };
    case 4:
    case 5:
      return { kind: 'image', image: pick(dice, [...IMAGES, 'nosuch/image:2']) };
    case 6:
      return { kind: 'image', image: 'alpine:3.20', command: ['sh', '-c', `sleep ${dice.int(6)}; exit 1`] };
    case 7:
      return dice.chance(0.5) ? { kind: 'force' } : { kind: 'env', value: `V=${ground.next++}` };
    case 8:
      return { kind: 'constraints', constraints: dice.chance(0.5) ? [] : drawConstraints(ground) };
    case 9:
      return { kind: 'networks', networks: drawNetworks(ground) };
    case 10:
      return { kind: 'ports', ports: drawPorts(dice), mode: 'vip' };
    default:
      return dice.chance(0.5)
        ? { kind: 'files', ...drawFiles(ground) }
        : { kind: 'reservations', cpus: pick(dice, [0, 0.5, 1]), memory: 0 };
  }
}

/** Some users look, and change a while later what others may have changed meanwhile. */
function hesitation(dice: Random): { hesitates?: number } {
  return dice.chance(0.12) ? { hesitates: dice.between(1, 20) * 1_000_000 } : {};
}

// ---- nodes

function changeAvailability({ cluster, dice }: Ground): Command {
  const availability = pick(dice, ['active', 'active', 'active', 'pause', 'drain'] as const);
  return { op: 'node update', node: pick(dice, cluster.machines).name, change: { availability }, ...hesitation(dice) };
}

function labelNode({ cluster, dice }: Ground): Command {
  return {
    op: 'node update',
    node: pick(dice, cluster.machines).name,
    change: { labels: { zone: pick(dice, ZONES) } },
  };
}

/** Also the leader, and also machines that are off. */
function changeRole({ cluster, dice }: Ground): Command {
  const role = dice.chance(0.6) ? 'manager' : 'worker';
  return { op: 'node update', node: pick(dice, cluster.machines).name, change: { role }, ...hesitation(dice) };
}

/** Nodes of machines that have left, as a rule; also others, which is refused. */
function removeNode(ground: Ground): Command | null {
  const { history, dice } = ground;
  const stale = staleNodes(ground);
  const node = stale.length > 0 && dice.chance(0.8) ? pick(dice, stale) : pick(dice, [...history.tables.node.values()]);
  return { op: 'node rm', node: node.id, force: dice.chance(0.3) };
}

/** Nodes that no machine is any more. */
export function staleNodes({ cluster, history }: Pick<Ground, 'cluster' | 'history'>): Node[] {
  const alive = new Set(cluster.machines.map(({ swarm }) => swarm.state.identity?.nodeId));
  return [...history.tables.node.values()].filter(({ id }) => !alive.has(id));
}

/** A worker goes. Managers do not: each that goes without being demoted takes a vote with it for good. */
function leave({ cluster, history, dice }: Ground): Command | null {
  const machine = pick(dice, cluster.machines);
  const { identity } = machine.swarm.state;
  const node = history.tables.node.get(identity?.nodeId ?? '');
  const isWorker = identity?.role === 'worker' && node?.role === 'worker' && node.spec.desiredRole === 'worker';
  return isWorker ? { op: 'swarm leave', machine: machine.name, force: dice.chance(0.3) } : null;
}

function join({ cluster, dice }: Ground): Command | null {
  const out = cluster.machines.filter(({ swarm }) => swarm.state.localState === 'inactive');
  const managers = cluster.machines.filter(({ swarm }) => swarm.manager !== null);
  if (out.length === 0 || managers.length === 0) return null;
  const [machine, via] = [pick(dice, out), pick(dice, managers)];
  return joinBy(machine, via, dice.chance(0.3) ? 'Manager' : 'Worker');
}

export function joinBy(machine: Machine, via: Machine, role: 'Manager' | 'Worker'): Command {
  const [address, viaAddress] = [machine.hardwareState.address, via.hardwareState.address];
  return { op: 'swarm join', machine: machine.name, role, via: via.name, viaAddress, address };
}

// ---- networks and files

function createNetwork(ground: Ground): Command | null {
  const { history, dice } = ground;
  if (history.tables.network.size >= MOST_NETWORKS + 3) return null;
  const name = `net${ground.next++}`;
  const options: Record<string, unknown> = {};
  if (dice.chance(0.15)) options.Internal = true;
  // Small enough to run out of addresses.
  if (dice.chance(0.2)) options.IPAM = { Config: [{ Subnet: `10.77.${dice.int(20)}.0/28` }] };
  if (dice.chance(0.2)) options.Options = { encrypted: '' };
  return { op: 'network create', name, options };
}

function removeNetwork({ history, dice }: Ground): Command | null {
  const own = [...history.tables.network.values()].filter(({ spec, predefined }) => !spec.ingress && !predefined);
  return own.length === 0 ? null : { op: 'network rm', name: pick(dice, own).spec.annotations.name };
}

function createFile(ground: Ground): Command | null {
  const { history, dice } = ground;
  const kind = pick(dice, ['secrets', 'configs'] as const);
  if (history.tables[kind === 'secrets' ? 'secret' : 'config'].size >= 4) return null;
  return { op: 'file create', kind, name: `f${ground.next++}`, data: 'ZGF0YQ==' };
}

function removeFile({ history, dice }: Ground): Command | null {
  const kind = pick(dice, ['secrets', 'configs'] as const);
  const files = [...history.tables[kind === 'secrets' ? 'secret' : 'config'].values()];
  return files.length === 0 ? null : { op: 'file rm', kind, name: pick(dice, files).spec.annotations.name };
}

function look({ history, cluster, dice }: Ground): Command {
  const services = [...history.tables.service.values()];
  if (services.length === 0 || dice.chance(0.4))
    return { op: 'look', path: `/nodes/${pick(dice, cluster.machines).name}` };
  return { op: 'look', path: `/services/${pick(dice, services).spec.annotations.name}` };
}
