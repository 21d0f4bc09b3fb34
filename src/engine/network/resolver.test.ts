import { describe, expect, it } from 'vitest';
import { NetworkWorld } from '../../testing/network-world.ts';

/** Answers of the resolver to a process of a service, as text. */
function lookUp(world: NetworkWorld, service: string, name: string): string {
  const origin = world.within(service);
  if (origin.kind !== 'container') throw new Error('not in a container');
  const answer = world.cluster.fabric.resolve(origin.machine, origin.container, name);
  if (!answer.ok) return answer.reason;
  return answer.pointer ?? [...answer.addresses].sort().join(' ');
}

describe('127.0.0.11', () => {
  const world = new NetworkWorld(3, 4);
  world.network('front');
  world.network('back');
  world.network('inner', { Internal: true });
  world.service('db', { replicas: 2, networks: [{ name: 'back', aliases: ['database'] }] });
  world.service('rr', { replicas: 2, networks: ['back'], mode: 'dnsrr' });
  world.service('web', { networks: ['front', 'back'], publish: ['80:80'] });
  world.service('other', { networks: ['front'] });
  world.service('hidden', { networks: ['inner'] });
  const [db1, db2] = world.containers('db');
  const [web] = world.containers('web');
  const subnet = (address: string): string => address.split('.').slice(0, 3).join('.');
  const back = subnet(lookUp(world, 'web', 'db'));
  const tasksOf = (service: string): string =>
    world
      .containers(service)
      .map(
        ({ container }) =>
          container.config.networks.find(({ address }) => address.startsWith(back))!.address.split('/')[0]!,
      )
      .sort()
      .join(' ');
  const vip = `${back}.2`;
  const virtualIp = (service: string): string => {
    const { Endpoint } = world.api('GET', `/services/${service}`) as { Endpoint: { VirtualIPs: { Addr: string }[] } };
    return Endpoint.VirtualIPs[0]!.Addr.split('/')[0]!;
  };

  it.each([
    ['the service', 'db', vip],
    ['whatever the case', 'DB', vip],
    ['its alias', 'database', vip],
    ['name and network', 'db.back', vip],
    ['its tasks', 'tasks.db', tasksOf('db')],
    ['tasks of the alias', 'tasks.database', tasksOf('db')],
    ['a dnsrr service: all its tasks', 'rr', tasksOf('rr')],
    ['a task by its name', db1!.container.config.name, ''],
    ['a container by its id', db2!.container.id.slice(0, 12), ''],
    ['a name that nobody has', 'nosuch', 'name not found'],
    ['a machine, asked outside', 'node2', '192.168.99.102'],
    ['a service of the other network', 'other', virtualIp('other')],
  ])('%s: %s', (_what, name, expected) => {
    const answer = lookUp(world, 'web', name);
    if (expected === '') expect(tasksOf('db').split(' ')).toContain(answer);
    else expect(answer).toBe(expected);
  });

  it('gives the names of an address', () => {
    const address = lookUp(world, 'web', db1!.container.config.name);
    const reverse = `${address.split('.').reverse().join('.')}.in-addr.arpa`;
    expect(lookUp(world, 'web', reverse)).toBe(`${db1!.container.config.name}.back`);
  });

  it('knows nothing of networks that the container is not on, nor of ingress', () => {
    expect(lookUp(world, 'other', 'db')).toBe('name not found');
    expect(lookUp(world, 'other', 'web')).not.toBe('name not found');
    expect(lookUp(world, 'db', 'web')).toMatch(new RegExp(`^${back.replaceAll('.', '\\.')}\\.`));
    expect(web!.container.config.networks.some(({ address }) => address.startsWith('10.0.0.'))).toBe(true);
  });

  it('asks nobody outside from an internal network', () => {
    expect(lookUp(world, 'hidden', 'node2')).toBe('name not found');
    expect(lookUp(world, 'hidden', 'hidden')).toMatch(/^10\./);
  });

  it('shuffles several addresses', () => {
    const origin = world.within('web');
    if (origin.kind !== 'container') throw new Error('not in a container');
    const orders = new Set<string>();
    for (let i = 0; i < 20; i++) {
      const answer = world.cluster.fabric.resolve(origin.machine, origin.container, 'rr');
      if (answer.ok) orders.add(answer.addresses.join(' '));
    }
    expect(orders.size).toBe(2);
  });

  it('a service whose tasks are all gone has no name any more', () => {
    world.scale('db', 0);
    world.run(20);
    expect(lookUp(world, 'web', 'db')).toBe('name not found');
    expect(lookUp(world, 'web', 'tasks.db')).toBe('name not found');
  });
});
