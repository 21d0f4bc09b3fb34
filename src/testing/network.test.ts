/** Seeded worlds with overlays and published ports, in which machines, cables, links and ports fail; then all is mended. */
import { describe, expect, it } from 'vitest';
import { Cluster } from '../engine/cluster.ts';
import { Random, seedStream } from '../engine/kernel/random.ts';
import type { Fault } from '../protocol/faults.ts';
import {
  addressConflict,
  addressOnWire,
  gossipDifference,
  meshError,
  namingError,
} from './checkers/network-checker.ts';

const SECOND = 1_000_000;

class Storm {
  readonly cluster: Cluster;
  readonly replies = new Map<string, boolean>();
  private readonly dice: Random;
  private services = 0;

  constructor(seed: number) {
    this.dice = new Random(seedStream(seed, 'network storm'));
    this.cluster = Cluster.create({
      name: `network-${seed}`,
      title: 'network',
      seed,
      profile: 'docker',
      hosts: Array.from({ length: 5 }, (_, i) => ({ name: `node${i + 1}`, address: `192.168.99.${101 + i}` })),
      managers: 3,
      workers: 2,
      services: [{ name: 'web', image: 'nginx:1.26', replicas: 4, publish: [{ published: 8080, target: 80 }] }],
    });
    this.cluster.fabric.onReply('mesh', { done: (_machine, token, { ok }) => this.replies.set(token, ok) });
    for (const name of ['red', 'blue']) this.send('POST', '/networks/create', { Name: name, Driver: 'overlay' });
    this.run(3);
  }

  run(seconds: number): void {
    this.cluster.advance(this.cluster.now + Math.round(seconds * SECOND));
    this.cluster.takeReplies();
  }

  private send(method: 'POST', path: string, body: unknown, host = 'node1'): void {
    this.cluster.request(host, { method, path, body });
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.dice.int(items.length)]!;
  }

  /** Faults and commands for so long; addresses are looked at all the while. */
  storm(seconds: number): void {
    const end = this.cluster.now + seconds * SECOND;
    while (this.cluster.now < end) {
      if (this.dice.chance(0.55)) this.cluster.fault(this.fault());
      else this.command();
      this.run(this.dice.float() * 8);
      expect(addressConflict(this.cluster)).toBeNull();
      expect(addressOnWire(this.cluster)).toBeNull();
    }
  }

  private fault(): Fault {
    const machine = this.pick(this.cluster.machines).name;
    const other = this.pick(this.cluster.machines.filter(({ name }) => name !== machine)).name;
    const port = this.pick([
      { port: 7946, protocol: 'tcp' as const },
      { port: 7946, protocol: 'udp' as const },
      { port: 4789, protocol: 'udp' as const },
      { port: 2377, protocol: 'tcp' as const },
    ]);
    return this.pick<Fault>([
      { kind: 'power-off', machine },
      { kind: 'power-on', machine },
      { kind: 'power-on', machine: other },
      { kind: 'daemon-restart', machine },
      { kind: 'cable-cut', machine },
      { kind: 'cable-mend', machine },
      { kind: 'cable-mend', machine: other },
      { kind: 'link-cut', from: machine, to: other },
      { kind: 'link-mend', from: machine, to: other },
      { kind: 'port-close', machine, ...port },
      { kind: 'port-open', machine, ...port },
      { kind: 'link-quality', from: machine, to: other, loss: this.dice.float() * 0.5 },
    ]);
  }

  private command(): void {
    const host = this.pick(this.cluster.machines).name;
    if (this.services < 4 && this.dice.chance(0.5)) {
      const published = this.dice.chance(0.5)
        ? [{ Protocol: 'tcp', TargetPort: 80, PublishedPort: 9000 + this.services, PublishMode: 'ingress' }]
        : [];
      this.send(
        'POST',
        '/services/create',
        {
          Name: `s${++this.services}`,
          TaskTemplate: {
            ContainerSpec: { Image: 'nginx:1.26' },
            Networks: this.pick([['red'], ['blue'], ['red', 'blue']]).map((Target) => ({ Target })),
          },
          Mode: { Replicated: { Replicas: this.dice.between(1, 5) } },
          EndpointSpec: { Mode: published.length === 0 && this.dice.chance(0.3) ? 'dnsrr' : 'vip', Ports: published },
        },
        host,
      );
      return;
    }
    const leader = this.cluster.machines.find(({ swarm }) => swarm.manager?.isLeading);
    const services = [...(leader?.swarm.manager?.store.all('service') ?? [])];
    if (!leader || services.length === 0) return;
    const service = this.pick(services);
    const id = this.cluster.request(leader.name, { method: 'GET', path: `/services/${service.id}` });
    this.cluster.advance(this.cluster.now + SECOND / 2);
    for (const reply of this.cluster.takeReplies()) {
      if (reply.id !== id || reply.type !== 'response' || reply.response.status !== 200) continue;
      const found = reply.response.body as {
        Version: { Index: number };
        Spec: { Mode: object; TaskTemplate: { ForceUpdate?: number } };
      };
      const spec = structuredClone(found.Spec);
      if (this.dice.chance(0.6)) spec.Mode = { Replicated: { Replicas: this.dice.between(0, 5) } };
      else spec.TaskTemplate.ForceUpdate = (spec.TaskTemplate.ForceUpdate ?? 0) + 1;
      this.cluster.request(leader.name, {
        method: 'POST',
        path: `/services/${service.id}/update`,
        query: { version: String(found.Version.Index) },
        body: spec,
      });
    }
  }

  heal(): void {
    for (const { name } of this.cluster.machines) {
      this.cluster.fault({ kind: 'power-on', machine: name });
      this.cluster.fault({ kind: 'daemon-start', machine: name });
      this.cluster.fault({ kind: 'cable-mend', machine: name });
      for (const [port, protocol] of [
        [7946, 'tcp'],
        [7946, 'udp'],
        [4789, 'udp'],
        [2377, 'tcp'],
      ] as const)
        this.cluster.fault({ kind: 'port-open', machine: name, port, protocol });
      for (const other of this.cluster.machines) {
        if (other.name === name) continue;
        this.cluster.fault({ kind: 'link-mend', from: name, to: other.name });
        this.cluster.fault({ kind: 'link-quality', from: name, to: other.name, delayMs: 0.2, jitterMs: 0.2, loss: 0 });
      }
    }
  }
}

describe('after storms of faults', () => {
  it.each([1, 2, 3, 4, 5, 6, 123])(
    'addresses are unique all the while (N1), then names, mesh and tables are right (N4, N5, N6), seed %i',
    (seed) => {
      const storm = new Storm(seed);
      storm.storm(180);
      storm.heal();
      storm.run(150);
      expect(addressConflict(storm.cluster)).toBeNull();
      expect(addressOnWire(storm.cluster)).toBeNull();
      expect(gossipDifference(storm.cluster.machines)).toBeNull();
      expect(namingError(storm.cluster)).toBeNull();
      expect(meshError(storm.cluster, storm.replies)).toBeNull();
    },
  );
});
