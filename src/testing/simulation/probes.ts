/**
 * Questions put to a swarm at rest, whose answers are known: names resolve to the tasks that run (N4), every node answers on every
 * published port (N5), a fresh service is spread evenly (S8). They go through the same doors as those of users.
 */
import type { Service, Task } from '../../engine/store/objects.ts';
import type { Hop } from '../../protocol/network-view.ts';
import { attributeOf, whyUnfit } from '../checkers/placement-rules.ts';
import { eligible } from '../checkers/rest-checker.ts';
import { Violation } from '../checkers/violation.ts';
import type { Run } from '../simulation.ts';

const SECOND = 1_000_000;
const RUNNING = 512;

/** Asks every node on every published port of a service with a task that runs. */
export function probeMesh(run: Run): void {
  const silent = new Set<string>();
  for (const service of run.history.tables.service.values()) {
    const running = runningOf(run, service);
    if (!running.some((task) => answersHttp(service, task))) continue;
    for (const { publishMode, protocol, publishedPort: port, targetPort } of service.endpoint?.ports ?? []) {
      if (publishMode !== 'ingress' || protocol !== 'tcp' || targetPort !== 80) continue;
      // A task that outlived two changes of its service's ports still has its own: an automatic port may be another one now.
      if (running.some((task) => !task.endpoint?.ports.some(({ publishedPort }) => publishedPort === port))) continue;
      for (const machine of run.cluster.machines) {
        if (!isMember(run, machine.swarm.state.identity?.nodeId)) continue;
        const question = `${service.spec.annotations.name} on ${machine.name}:${port}`;
        silent.add(question);
        run.hand.ask('outside', { host: machine.name, port }, '/', (result) => {
          if (result.ok && isTaskOf(run, service.id, result.servedBy)) silent.delete(question);
        });
      }
    }
  }
  run.advance(run.cluster.now + 5 * SECOND);
  if (silent.size > 0) throw new Violation('N5 the mesh answers everywhere', `no answer of ${[...silent].join(', ')}`);
}

function isTaskOf(run: Run, serviceId: string, served: { machine: string; container: string } | null): boolean {
  const container = served && run.cluster.machine(served.machine)?.runtime.state.containers.get(served.container);
  return run.history.tables.task.get(container?.taskId ?? '')?.serviceId === serviceId;
}

/** From one container of each network: what do the names of the services there stand for. */
export function probeNames(run: Run): void {
  for (const network of run.history.tables.network.values()) {
    if (network.spec.ingress) continue;
    for (const service of run.history.tables.service.values())
      if (service.spec.task.networks.some(({ target }) => target === network.id))
        probeService(run, service, network.id);
  }
}

/** Tasks that fail by themselves come and go: a wrong answer counts when it is given again and again. */
function probeService(run: Run, service: Service, network: string): void {
  let wrong: string | null = null;
  for (let tries = 0; tries < 5; tries++) {
    if (tries > 0) run.advance(run.cluster.now + 2.3 * SECOND);
    const asker = askerOn(run, network);
    const tasks = runningOf(run, service);
    const addresses = addressesOn(tasks, network);
    if (!asker || addresses.length === 0) return;
    const { name } = service.spec.annotations;
    wrong =
      wrongName(run, asker, `tasks.${name}`, addresses) ?? wrongName(run, asker, name, addressesOfName(tasks, network));
    if (!wrong) return;
  }
  if (wrong) throw new Violation('N4 names and balancers', wrong);
}

interface AskedFrom {
  machine: string;
  container: string;
}

/** A container that is only on this network, so that names of others do not answer in its place. */
function askerOn(run: Run, network: string): AskedFrom | null {
  for (const machine of run.cluster.machines)
    for (const { container, interfaces, task } of machine.network.state.sandboxes.values()) {
      const overlays = interfaces.filter(({ kind }) => kind === 'overlay');
      const alone = overlays.length === 1 && overlays[0]!.network === network;
      if (
        alone &&
        run.history.tables.task.get(task ?? '')?.status.state === RUNNING &&
        isMember(run, machine.swarm.state.identity?.nodeId)
      )
        return { machine: machine.name, container };
    }
  return null;
}

function addressesOn(tasks: readonly Task[], network: string): string[] {
  return tasks.flatMap(({ networks }) =>
    networks.flatMap(({ networkId, addresses }) =>
      networkId === network ? addresses.map((one) => one.split('/')[0]!) : [],
    ),
  );
}

/** The virtual IP stands for all tasks that have it; those of a time without one stand for themselves. */
function addressesOfName(tasks: readonly Task[], network: string): string[] {
  const addresses = new Set<string>();
  for (const task of tasks) {
    const vip = task.endpoint?.virtualIps.find(({ networkId }) => networkId === network)?.address.split('/')[0];
    for (const address of vip === undefined ? addressesOn([task], network) : [vip]) addresses.add(address);
  }
  return [...addresses];
}

/** What is wrong with the answer to a name, or null. */
function wrongName(run: Run, asker: AskedFrom, name: string, expected: readonly string[]): string | null {
  let answer: readonly string[] | undefined;
  let flow = 0;
  const forget = run.onEvent(({ kind, data }) => {
    if (kind === 'packet.opened') flow ||= (data as { flow: number }).flow;
    const hop = data as unknown as Hop;
    if (kind === 'packet.hop' && hop.flow === flow && hop.room === 'resolver') answer ??= hop.answer ?? [];
  });
  run.hand.ask(asker, { host: name, port: 80 }, '/');
  run.advance(run.cluster.now + SECOND / 100);
  forget();
  const [given, wanted] = [[...(answer ?? [])].sort().join(' '), [...expected].sort().join(' ')];
  return given === wanted ? null : `${name} is [${given}] for a container on ${asker.machine}, not [${wanted}]`;
}

/** S8: a new service of a few replicas more than there are nodes, with and without a preference. */
export function probeSpread(run: Run, preference: string | null): void {
  const nodes = eligible(run.history);
  if (nodes.length < 2 || (preference !== null && !everyBranchTakes(run, preference))) return;
  const replicas = nodes.length + 1;
  const name = preference === null ? 'fresh' : 'fresh-by-zone';
  const Placement = preference === null ? {} : { Preferences: [{ Spread: { SpreadDescriptor: preference } }] };
  const spec = {
    Name: name,
    TaskTemplate: { ContainerSpec: { Image: 'traefik/whoami:v1.10' }, Placement },
    Mode: { Replicated: { Replicas: replicas } },
  };
  run.onManager({ op: 'service create', wish: { spec } });
  run.advance(run.cluster.now + 12 * SECOND);
  const service = [...run.history.tables.service.values()].find(
    ({ spec: { annotations } }) => annotations.name === name,
  );
  if (!service) throw new Violation('settled: writes succeed', `service ${name} was not created`);
  const tasks = runningOf(run, service);
  if (tasks.length !== replicas)
    throw new Violation('S8 spread', `${tasks.length} of ${replicas} tasks of ${name} run`);
  const usable = nodes.filter((node) => whyUnfit(run.history, { ...tasks[0]!, id: '' }, node) === null);
  const levels: ((nodeId: string) => string)[] = [(id) => id];
  if (preference) levels.unshift((id) => attributeOf(preference, run.history.tables.node.get(id)!) ?? '');
  checkEven(
    name,
    tasks,
    usable.map(({ id }) => id),
    levels,
  );
}

/** SwarmKit counts branches without a usable node when it shares tasks out, and gives what is left to the first branch. */
function everyBranchTakes(run: Run, preference: string): boolean {
  const usable = new Set(eligible(run.history).map((node) => attributeOf(preference, node)));
  return [...run.history.tables.node.values()].every((node) => usable.has(attributeOf(preference, node)));
}

/** On each level of the tree the branches' numbers differ by one at most. */
function checkEven(
  name: string,
  tasks: readonly Task[],
  nodes: readonly string[],
  [branchOf, ...below]: ((nodeId: string) => string)[],
): void {
  if (!branchOf) return;
  const counts = new Map<string, number>(nodes.map((id) => [branchOf(id), 0]));
  for (const { nodeId } of tasks) counts.set(branchOf(nodeId), (counts.get(branchOf(nodeId)) ?? 0) + 1);
  const [least, most] = [Math.min(...counts.values()), Math.max(...counts.values())];
  if (most - least > 1)
    throw new Violation('S8 spread', `${name} is spread ${[...counts].map(([key, n]) => `${key}: ${n}`).join(', ')}`);
  for (const branch of counts.keys())
    checkEven(
      name,
      tasks.filter(({ nodeId }) => branchOf(nodeId) === branch),
      nodes.filter((id) => branchOf(id) === branch),
      below,
    );
}

function runningOf({ history }: Run, service: Service): Task[] {
  return [...history.tasksOfService(service.id)].filter(
    ({ status, desiredState }) => status.state === RUNNING && desiredState === RUNNING,
  );
}

/** Shell images listen on nothing. */
function answersHttp(service: Service, task: Task): boolean {
  return task.spec.container.command.length === 0 && service.spec.task.container.command.length === 0;
}

function isMember({ history }: Run, nodeId: string | undefined): boolean {
  return nodeId !== undefined && history.tables.node.get(nodeId)?.status.state === 'ready';
}
