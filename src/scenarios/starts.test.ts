import { describe, expect, it } from 'vitest';
import { defaultStart, hostsNamed, managersFor, startNamed, startOfSize, starts } from './starts.ts';

describe('starts', () => {
  it('opens on three managers, two workers and six web tasks behind port 80', () => {
    expect(startNamed(defaultStart)).toMatchObject({
      managers: 3,
      workers: 2,
      services: [{ name: 'web', image: 'nginx:1.26', replicas: 6, publish: [{ published: 80, target: 80 }] }],
    });
  });

  it.each(starts.map((start) => [start.name, start] as const))('%s has a host for each of its nodes', (_, start) => {
    expect(start.hosts.length).toBeGreaterThanOrEqual(start.managers + start.workers);
  });

  it.each([
    ['blank', 0, 0, 5],
    ['1+2', 1, 2, 3],
    ['3+2', 3, 2, 5],
    ['5+5', 5, 5, 10],
    ['7+3', 7, 3, 10],
    ['50x1000', 5, 45, 50],
    ['1x0', 1, 0, 1],
  ])('%s: %d managers, %d workers on %d hosts', (name, managers, workers, hosts) => {
    const start = startNamed(name);
    expect([start?.managers, start?.workers, start?.hosts.length]).toEqual([managers, workers, hosts]);
  });

  it.each(['', 'nonsense', '0x10', '0+3', '30+30', '5x'])('%j names no start', (name) => {
    expect(startNamed(name)).toBeNull();
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 3],
    [9, 3],
    [10, 5],
    [50, 5],
  ])('of %d machines %d manage', (machines, managers) => {
    expect(managersFor(machines)).toBe(managers);
  });

  it('gives every host its own name and address', () => {
    const hosts = hostsNamed(1000);
    expect(new Set(hosts.map((host) => host.name)).size).toBe(1000);
    expect(new Set(hosts.map((host) => host.address)).size).toBe(1000);
    expect(hosts[0]).toEqual({ name: 'node1', address: '192.168.99.101' });
  });

  it('makes one service of so many tasks', () => {
    expect(startOfSize(50, 1000).services).toMatchObject([{ name: 'web', replicas: 1000 }]);
  });
});
