/**
 * Brings a new world to its start: forms the swarm and creates the services by the very requests a user would send, and lets
 * virtual time pass until all of it runs.
 */
import type { ApiResponse } from '../protocol/api.ts';
import type { Start, StartService } from '../protocol/start.ts';
import type { Cluster } from './cluster.ts';
import { milliseconds, seconds } from './kernel/time.ts';
import { TaskState } from './store/objects.ts';

/** A start that has not come about after so much virtual time never will. */
const PATIENCE = seconds(300);
const POLL = milliseconds(100);

export function formWorld(cluster: Cluster, start: Start): void {
  const [first, ...rest] = start.hosts;
  if (!first || start.managers === 0) return;
  must(cluster, first.name, 'POST', '/swarm/init', { ListenAddr: '0.0.0.0:2377', AdvertiseAddr: first.address });
  const swarm = must(cluster, first.name, 'GET', '/swarm') as { JoinTokens: { Manager: string; Worker: string } };
  const { Manager, Worker } = swarm.JoinTokens;
  for (const [i, host] of rest.slice(0, start.managers - 1 + start.workers).entries()) {
    const token = i < start.managers - 1 ? Manager : Worker;
    const body = {
      ListenAddr: '0.0.0.0:2377',
      AdvertiseAddr: host.address,
      RemoteAddrs: [`${first.address}:2377`],
      JoinToken: token,
    };
    must(cluster, host.name, 'POST', '/swarm/join', body);
  }
  for (const service of start.services) must(cluster, first.name, 'POST', '/services/create', serviceBody(service));
  waitFor(cluster, () => settled(cluster));
}

/** Every service runs what it should, and every node is there. */
function settled(cluster: Cluster): boolean {
  const leader = cluster.machines.find((machine) => machine.swarm.manager?.isLeading)?.swarm.manager;
  if (!leader) return false;
  const { store } = leader;
  for (const node of store.all('node')) if (node.status.state !== 'ready') return false;
  for (const service of store.all('service')) {
    const tasks = store.tasksOfService(service.id);
    const { mode } = service.spec;
    const wanted = mode.kind === 'replicated' ? mode.replicas : store.count('node');
    if (tasks.length < wanted || tasks.some((task) => task.status.state < TaskState.running)) return false;
  }
  return true;
}

function serviceBody(service: StartService): unknown {
  const mode = service.mode === 'global' ? { Global: {} } : { Replicated: { Replicas: service.replicas ?? 1 } };
  const ports = service.publish?.map(({ published, target }) => ({
    Protocol: 'tcp',
    TargetPort: target,
    PublishedPort: published,
    PublishMode: 'ingress',
  }));
  return {
    Name: service.name,
    Labels: {},
    TaskTemplate: { ContainerSpec: { Image: service.image } },
    Mode: mode,
    ...(ports && { EndpointSpec: { Mode: 'vip', Ports: ports } }),
  };
}

/** Sends a request and lets time pass until it is answered. Returns the body. */
function must(cluster: Cluster, host: string, method: 'GET' | 'POST', path: string, body?: unknown): unknown {
  const id = cluster.request(host, { method, path, body });
  let response: ApiResponse | undefined;
  waitFor(cluster, () => {
    for (const reply of cluster.takeReplies())
      if (reply.type === 'response' && reply.id === id) response = reply.response;
    return response !== undefined;
  });
  if (response!.status >= 400)
    throw new Error(`start: ${method} ${path} on ${host}: ${JSON.stringify(response!.body)}`);
  return response!.body;
}

function waitFor(cluster: Cluster, done: () => boolean): void {
  const limit = cluster.now + PATIENCE;
  while (!done()) {
    if (cluster.now > limit) throw new Error(`start: not there after ${PATIENCE / 1e6} s`);
    cluster.advance(cluster.now + POLL, { stopOnReply: true });
  }
}
