/**
 * A session as data: requests and faults at fixed moments of virtual time, drawn from a seed before the world begins. Played
 * with any slicing of time it must give the same events, which is what `determinism.test.ts` asks.
 */
import type { Cluster } from '../engine/cluster.ts';
import { Random, seedStream } from '../engine/kernel/random.ts';
import type { ApiRequest } from '../protocol/api.ts';
import type { Micros } from '../protocol/events.ts';
import type { Fault } from '../protocol/faults.ts';
import type { Start } from '../protocol/start.ts';

/** What is done to the world at one moment. */
export type TimedInput = { at: Micros } & (
  | { kind: 'fault'; fault: Fault }
  | { kind: 'request'; host: string; request: ApiRequest }
  /** Scales a service: its id and version are read from the world at that moment. */
  | { kind: 'scale'; host: string; service: string; replicas: number }
);

const SECOND = 1_000_000;

/** Inputs over `seconds` of virtual time from `from` on, earliest first; several may fall on one moment. */
export function drawInputs(start: Start, from: Micros, seconds: number): TimedInput[] {
  const dice = new Random(seedStream(start.seed, 'timed-inputs'));
  const names = start.hosts.map((host) => host.name);
  const pick = <T>(items: readonly T[]): T => items[dice.int(items.length)]!;
  const inputs: TimedInput[] = [];
  for (
    let at = from + 500_000;
    at < from + seconds * SECOND;
    at += dice.chance(0.2) ? 0 : dice.between(1, 4 * SECOND)
  ) {
    const [host, other] = [pick(names), pick(names)];
    if (dice.chance(0.5)) inputs.push({ at, kind: 'fault', fault: pick(faultsOn(host, other, dice)) });
    else if (dice.chance(0.4))
      inputs.push({ at, kind: 'scale', host, service: pick(['web', 's1', 's2']), replicas: dice.int(7) });
    else inputs.push({ at, kind: 'request', host, request: pick(requests(dice)) });
  }
  return inputs;
}

/** Puts one input into the world, whose time must be the input's. */
export function applyInput(cluster: Cluster, input: TimedInput): void {
  if (cluster.now !== input.at) throw new Error(`an input of ${input.at} at ${cluster.now}`);
  switch (input.kind) {
    case 'fault':
      cluster.fault(input.fault);
      return;
    case 'request':
      cluster.request(input.host, input.request);
      return;
    case 'scale':
      scale(cluster, input.host, input.service, input.replicas);
  }
}

function faultsOn(machine: string, other: string, dice: Random): Fault[] {
  return [
    { kind: 'power-off', machine },
    { kind: 'power-on', machine },
    { kind: 'power-on', machine },
    { kind: 'daemon-restart', machine },
    { kind: 'cable-cut', machine },
    { kind: 'cable-mend', machine },
    { kind: 'cable-mend', machine },
    { kind: 'link-cut', from: machine, to: other },
    { kind: 'link-mend', from: machine, to: other },
    {
      kind: 'link-quality',
      from: machine,
      to: other,
      loss: dice.float() * 0.3,
      delayMs: dice.int(30),
      jitterMs: dice.int(20),
    },
  ];
}

function requests(dice: Random): ApiRequest[] {
  const name = `s${dice.between(1, 2)}`;
  return [
    { method: 'GET', path: '/services' },
    { method: 'GET', path: '/nodes' },
    { method: 'GET', path: '/events' },
    { method: 'POST', path: '/services/create', body: serviceBody(name, dice.between(1, 5)) },
    { method: 'POST', path: '/services/create', body: serviceBody(name, dice.between(1, 5)) },
    { method: 'DELETE', path: `/services/${name}` },
    { method: 'GET', path: `/services/${name}/logs`, query: { stdout: '1', follow: '1' } },
  ];
}

/** Each service has an image of its own, so that hosts have something to pull. */
const IMAGES: Readonly<Record<string, string>> = { web: 'nginx:1.26', s1: 'redis:7', s2: 'postgres:16' };

function serviceBody(name: string, replicas: number): unknown {
  return {
    Name: name,
    TaskTemplate: { ContainerSpec: { Image: IMAGES[name] } },
    Mode: { Replicated: { Replicas: replicas } },
  };
}

function scale(cluster: Cluster, host: string, name: string, replicas: number): void {
  const services = cluster.machine(host)?.swarm.manager?.store.all('service') ?? [];
  const service = [...services].find(({ spec }) => spec.annotations.name === name);
  if (!service) return;
  cluster.request(host, {
    method: 'POST',
    path: `/services/${service.id}/update`,
    query: { version: String(service.meta.version) },
    body: serviceBody(name, replicas),
  });
}
