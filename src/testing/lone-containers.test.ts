/** Containers outside services: on bridges of their host, and on the swarm's networks by places that tasks hold for them. */
import { describe, expect, test } from 'vitest';
import { Cluster } from '../engine/cluster.ts';
import { TaskState } from '../engine/store/objects.ts';
import { ShellWorld } from './shell-world.ts';

/** Places held on networks: container (12 digits), address, state. */
function places(world: ShellWorld): string[] {
  const leader = world.cluster.machines.find(({ swarm }) => swarm.manager?.isLeading)!;
  return [...leader.swarm.manager!.store.all('task')]
    .filter(({ spec }) => spec.attachment)
    .map(({ networks, status }) => `${networks[0]?.addresses[0]} ${status.state === TaskState.running ? 'held' : '-'}`);
}

/** Books of addresses: what the nodes hold on a network. */
async function addressesOn(world: ShellWorld, network: string): Promise<string> {
  return world.run(
    'node1',
    `docker network inspect ${network} --format '{{range .Containers}}{{.IPv4Address}} {{end}}'`,
  );
}

async function attachable(machines = 3, managers = 1): Promise<ShellWorld> {
  const world = new ShellWorld({ machines, managers });
  await world.all('node1', 'docker network create -d overlay --attachable att');
  return world;
}

describe('a place on a network of the swarm', () => {
  test('is held while the container runs, given back when it ends, and is another one when it starts again', async () => {
    const world = await attachable();
    await world.all('node2', 'docker run -d --name box --network att alpine sleep 1000');
    expect(places(world)).toEqual(['10.0.1.2/24 held']);
    await world.all('node2', 'docker stop -t 0 box');
    await world.pass(1);
    expect(places(world)).toEqual([]);
    expect(await world.run('node2', "docker network ls --filter driver=overlay --format '{{.Name}}'")).toBe('ingress');
    await world.all('node2', 'docker start box');
    expect(places(world)).toEqual(['10.0.1.4/24 held']);
    await world.all('node2', 'docker rm -f box');
    await world.pass(1);
    expect(places(world)).toEqual([]);
    await world.all('node1', 'docker network rm att');
  });

  test('goes with a container that ends by itself, and one run with --rm', async () => {
    const world = await attachable();
    await world.all('node1', 'docker run --rm --network att alpine true', 'docker run -d --network att alpine sleep 2');
    expect(places(world)).toHaveLength(1);
    await world.pass(4);
    expect(places(world)).toEqual([]);
    expect(await addressesOn(world, 'att')).toBe('');
  });

  test('is got from any node, also through a manager that does not lead', async () => {
    const world = await attachable(4, 3);
    for (const node of ['node1', 'node2', 'node3', 'node4'])
      await world.all(node, `docker run -d --name on-${node} --network att alpine sleep 1000`);
    expect(places(world)).toHaveLength(4);
    await world.pass(2);
    for (const node of ['node1', 'node4'])
      for (const other of ['node1', 'node2', 'node3', 'node4'])
        expect(await world.run(node, `docker exec on-${node} ping -c 1 -W 1 on-${other} | grep -c 'bytes from'`)).toBe(
          '1',
        );
  });

  test('is kept through a change of leaders, and given back to the new one', async () => {
    const world = await attachable(4, 3);
    await world.all('node4', 'docker run -d --name box --network att alpine sleep 1000');
    world.fault({ kind: 'power-off', machine: 'node1' });
    await world.pass(60);
    expect(places(world)).toEqual(['10.0.1.2/24 held']);
    await world.all('node4', 'docker rm -f box');
    await world.pass(2);
    expect(places(world)).toEqual([]);
  });

  test('is nobody’s when the node of its container has died: the container comes back with another', async () => {
    const world = await attachable();
    await world.all('node2', 'docker run -d --name box --restart always --network att alpine sleep 1000');
    world.fault({ kind: 'power-off', machine: 'node2' });
    await world.pass(20);
    expect(places(world)).toHaveLength(1);
    world.fault({ kind: 'power-on', machine: 'node2' });
    await world.pass(30);
    expect(await world.run('node2', "docker ps --format '{{.Names}} {{.State}}'")).toBe('box running');
    expect(places(world)).toHaveLength(1);
    expect(places(world)[0]).toMatch(/held$/);
  });

  test('is taken from a container whose node leaves; the container goes on without it', async () => {
    const world = await attachable();
    await world.all('node2', 'docker run -d --name box -p 8080:80 --network att nginx');
    await world.all('node2', 'docker swarm leave');
    expect(
      await world.run('node2', "docker inspect box --format '{{.State.Running}} {{json .NetworkSettings.Networks}}'"),
    ).toBe('true {}');
    expect(await world.run('node2', 'docker port box')).toBe('');
    await world.all('node1', 'docker node rm --force node2');
    await world.pass(2);
    expect(places(world)).toEqual([]);
  });

  test('has the address that was asked for, unless somebody has it; the cursor of the others does not move', async () => {
    const world = await attachable();
    await world.all(
      'node1',
      'docker run -d --name one --network att --ip 10.0.1.77 alpine sleep 1000',
      'docker run -d --name two --network att alpine sleep 1000',
    );
    expect(places(world).sort()).toEqual(['10.0.1.3/24 held', '10.0.1.77/24 held']);
    expect(
      await world.run('node2', 'docker run -d --name three --network att --ip 10.0.1.77 alpine sleep 1000'),
    ).toMatch(
      /attaching to network failed, make sure your network options are correct and check manager logs: context deadline exceeded[\s\S]*exit 125$/,
    );
    await world.pass(1);
    expect(places(world)).toHaveLength(2);
  });

  test('comes and goes by docker network connect and disconnect, with names that others hear of', async () => {
    const world = await attachable();
    await world.all(
      'node1',
      'docker run -d --name box alpine sleep 1000',
      'docker run -d --name other --network att alpine sleep 1000',
      'docker network connect --alias shop att box',
    );
    await world.pass(1);
    expect(await world.run('node1', 'docker exec other ping -c 1 shop | head -1')).toMatch(
      /^PING shop \(10\.0\.1\.\d\)/,
    );
    await world.all('node1', 'docker network disconnect att box');
    await world.pass(1);
    expect(await world.run('node1', 'docker exec other ping -c 1 shop')).toMatch(/^ping: bad address 'shop'/);
    expect(places(world)).toHaveLength(1);
  });

  test('keeps the container in the picture of its machine, and no row among the tasks of services', async () => {
    const world = await attachable();
    await world.all('node1', 'docker run -d --name box --network att alpine sleep 1000');
    const { network } = world.cluster.snapshot();
    expect(
      network?.endpoints.find(({ name }) => name === 'box')?.interfaces.map(({ networkName }) => networkName),
    ).toEqual(['att', 'docker_gwbridge']);
    expect(await world.run('node1', 'docker node ps -q node1')).toBe('');
    expect(world.cluster.snapshot().tasks).toEqual([]);
  });

  test('is got in a world that was cloned in the middle of it', async () => {
    const world = await attachable();
    await world.all('node2', 'docker pull -q alpine', 'docker create --name box --network att alpine sleep 1000');
    const { cluster } = world;
    cluster.request('node2', { method: 'POST', path: '/containers/box/start' });
    cluster.advance(cluster.now + 100_000);
    expect(Object.keys(cluster.machine('node2')!.state.attachments.attachments)).toHaveLength(1);
    const clone = Cluster.restore(cluster.checkpoint());
    for (const one of [cluster, clone]) one.advance(one.now + 5_000_000);
    expect(clone.eventHash).toBe(cluster.eventHash);
    expect([...clone.machine('node2')!.containers()].map(({ state }) => state)).toEqual(['running']);
  });
});

describe('bridges of one host', () => {
  const alone = (): ShellWorld => new ShellWorld({ machines: 1 });

  test('names are known on user networks only, and networks are apart from each other', async () => {
    const world = alone();
    await world.all(
      'node1',
      'docker network create red',
      'docker network create blue',
      'docker run -d --name web --network red nginx',
      'docker run -d --name near --network red alpine sleep 1000',
      'docker run -d --name far --network blue alpine sleep 1000',
      'docker run -d --name plain alpine sleep 1000',
    );
    const get = (from: string, to: string): Promise<string> =>
      world.run('node1', `docker exec ${from} wget -qO- -T 2 http://${to}/ | grep -c nginx`);
    const address = await world.run(
      'node1',
      "docker inspect web --format '{{.NetworkSettings.Networks.red.IPAddress}}'",
    );
    expect(await get('near', 'web')).not.toMatch(/^0/);
    for (const from of ['far', 'plain']) {
      expect(await get(from, 'web'), from).toMatch(/bad address 'web'/);
      expect(await get(from, address), from).toMatch(/timed out/);
    }
    await world.all('node1', 'docker network connect red far');
    expect(await get('far', 'web')).not.toMatch(/^0/);
  });

  test('published ports lead in from everywhere, those of 127.0.0.1 from the host alone', async () => {
    const world = new ShellWorld({ machines: 2 });
    await world.all('node2', 'docker run -d -p 8080:80 nginx', 'docker run -d -p 127.0.0.1:8081:80 nginx');
    const code = (from: string, to: string): Promise<string> =>
      world.run(from, `curl -s -o /dev/null -w '%{http_code}' ${to}`);
    expect(await code('node1', 'node2:8080')).toBe('200');
    expect(await code('node2', 'localhost:8080')).toBe('200');
    expect(await code('node2', 'localhost:8081')).toBe('200');
    expect(await code('node1', 'node2:8081')).toMatch(/exit 7$/);
  });

  test('a task whose port a container holds fails to start, and says why', async () => {
    const world = new ShellWorld({ machines: 2 });
    await world.all(
      'node1',
      'docker run -d --name holder -p 8090:80 nginx',
      'docker service create -d --name web --restart-condition none --constraint node.hostname==node1 -p mode=host,published=8090,target=80 nginx',
    );
    await world.pass(20);
    expect(
      await world.run('node1', "docker service ps --no-trunc --format '{{.CurrentState}} {{.Error}}' web"),
    ).toMatch(
      /^Failed .*starting container failed: driver failed programming external connectivity on endpoint web\.1\.\w+ \(\w+\): Bind for 0\.0\.0\.0:8090 failed: port is already allocated/,
    );
  });

  test('an internal one has no way out, and its containers reach each other', async () => {
    const world = new ShellWorld({ machines: 2 });
    await world.all(
      'node1',
      'docker network create --internal vault',
      'docker run -d --name one --network vault alpine sleep 1000',
      'docker run -d --name two --network vault alpine sleep 1000',
    );
    expect(await world.run('node1', 'docker exec one ping -c 1 -W 1 two | grep -c "bytes from"')).toBe('1');
    expect(await world.run('node1', 'docker exec one ping -c 1 -W 1 192.168.99.102')).toMatch(/100% packet loss/);
  });

  test('cannot be removed while in use, and are pruned when not', async () => {
    const world = alone();
    await world.all(
      'node1',
      'docker network create red',
      'docker network create blue',
      'docker run -d --name box --network red nginx',
    );
    expect(await world.run('node1', 'docker network rm red')).toMatch(/network red has active endpoints/);
    expect(await world.run('node1', 'docker network prune -f')).toMatch(/Deleted Networks:\nblue/);
    await world.all('node1', 'docker rm -f box', 'docker network rm red');
  });
});
