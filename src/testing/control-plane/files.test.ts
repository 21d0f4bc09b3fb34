/** Secrets, configs and volumes as they are found in containers, and on which machines they are. */
import { describe, expect, test } from 'vitest';
import { swarmOf, type User } from './user.ts';

/** The one container on a host. */
const containerOn = (user: User, host: string): Promise<string> => user.until(host, 'docker ps -q', /^[0-9a-f]{12}$/);

describe('secrets and configs', () => {
  test('lie where the service wants them, with owner and mode', async () => {
    const user = swarmOf(1, 1);
    await user.ok('node1', 'echo -n hunter2 | docker secret create pw -');
    await user.ok('node1', 'echo listen 80 | docker config create conf -');
    await user.ok(
      'node1',
      'docker service create -q --name app --constraint node.role==worker --secret source=pw,target=password,uid=1000,gid=50,mode=0400 --secret pw --config source=conf,target=/etc/app.conf --config conf busybox sleep 1d',
    );
    const c = await containerOn(user, 'node2');
    expect(await user.ok('node2', `docker exec ${c} cat /run/secrets/password /run/secrets/pw`)).toBe('hunter2hunter2');
    expect(await user.ok('node2', `docker exec ${c} cat /etc/app.conf /conf`)).toBe('listen 80\nlisten 80');
    const listing = await user.ok('node2', `docker exec ${c} ls -l /run/secrets`);
    expect(listing).toMatch(/-r-{8} +1 1000 +50 +7 .* password/);
    expect(listing).toMatch(/-r--r--r-- +1 root +root +7 .* pw/);
    expect(await user.refused('node2', `docker exec ${c} sh -c 'echo x > /run/secrets/pw'`)).toBe(
      "sh: can't create /run/secrets/pw: Read-only file system",
    );
  });

  test('reach only the node that needs them, and leave it when nothing there does', async () => {
    const user = swarmOf(1, 2);
    await user.ok('node1', 'echo a | docker secret create pw -');
    await user.ok(
      'node1',
      'docker service create -q --name app --constraint node.hostname==node3 --secret pw busybox sleep 1d',
    );
    expect(user.events('secret.delivered').map(({ machine }) => machine)).toEqual(['node3']);
    await user.ok('node1', 'docker service rm app');
    await user.wait(20);
    expect(user.events('secret.withdrawn').map(({ machine }) => machine)).toEqual(['node3']);
  });

  test('are rotated by an update, and may go when nobody uses them', async () => {
    const user = swarmOf(1, 0);
    await user.ok('node1', 'echo -n old | docker secret create v1 -');
    await user.ok('node1', 'echo -n new | docker secret create v2 -');
    await user.ok('node1', 'docker service create -q --name app --secret source=v1,target=pw busybox sleep 1d');
    expect(await user.refused('node1', 'docker secret rm v1')).toBe(
      "Error response from daemon: rpc error: code = InvalidArgument desc = secret 'v1' is in use by the following service: app",
    );
    await user.ok('node1', 'docker service update -q --secret-rm v1 --secret-add source=v2,target=pw app');
    const c = await containerOn(user, 'node1');
    expect(await user.ok('node1', `docker exec ${c} cat /run/secrets/pw`)).toBe('new');
    expect(await user.ok('node1', 'docker secret rm v1')).toBe('v1');
  });

  test('of a golang template are expanded for each task', async () => {
    const user = swarmOf(1, 0);
    await user.ok('node1', 'echo -n hunter2 | docker secret create pw -');
    await user.ok(
      'node1',
      `echo '{{.Service.Name}}.{{.Task.Slot}} {{env "COLOR"}} {{secret "pw"}}' | docker config create --template-driver golang conf -`,
    );
    await user.ok(
      'node1',
      'docker service create -q --name app --env COLOR=blue --secret pw --config conf busybox sleep 1d',
    );
    const c = await containerOn(user, 'node1');
    expect(await user.ok('node1', `docker exec ${c} cat /conf`)).toBe('app.1 blue hunter2');
  });

  test.each([
    ['secret', 512_000],
    ['config', 1_024_000],
  ])('of kind %s have less than %d bytes', async (kind, limit) => {
    const user = swarmOf(1, 0);
    const refusal = `Error response from daemon: rpc error: code = InvalidArgument desc = ${kind} data must be larger than 0 and less than ${limit} bytes`;
    user.file('node1', 'fits', 'x'.repeat(limit - 1));
    user.file('node1', 'too-large', 'x'.repeat(limit));
    expect(await user.refused('node1', `docker ${kind} create a too-large`)).toBe(refusal);
    await user.ok('node1', `docker ${kind} create a fits`);
  });
});

describe('volumes', () => {
  test('stay on their machine: a task that moves finds an empty one of the same name', async () => {
    const user = swarmOf(1, 2);
    await user.ok(
      'node1',
      'docker service create -q --name db --constraint node.role==worker --mount source=data,target=/data busybox sleep 1d',
    );
    const [first, second] = (await user.ok('node1', 'docker service ps db')).includes('node2')
      ? ['node2', 'node3']
      : ['node3', 'node2'];
    const c = await containerOn(user, first!);
    await user.ok(first!, `docker exec ${c} sh -c 'echo precious > /data/file'`);
    user.powerOff(first!);
    const d = await containerOn(user, second!);
    expect(await user.ok(second!, `docker exec ${d} ls /data`)).toBe('');
    const created = user.events('volume.created').map(({ machine, data }) => ({ machine, ...data }));
    expect(created).toEqual([
      { machine: first, volume: 'data', empty: true, anonymous: false },
      { machine: second, volume: 'data', empty: true, anonymous: false },
    ]);
    user.powerOn(first!);
    await user.wait(5);
    await user.ok('node1', `docker node update --availability drain ${second}`);
    const e = await containerOn(user, first!);
    expect(await user.ok(first!, `docker exec ${e} cat /data/file`)).toBe('precious');
  });

  test('without a name go with their container; tmpfs goes with each run', async () => {
    const user = swarmOf(1, 0);
    await user.ok(
      'node1',
      'docker service create -q --name app --mount type=volume,target=/anon --mount type=tmpfs,target=/scratch busybox sleep 1d',
    );
    expect(await user.ok('node1', 'docker volume ls -q')).toMatch(/^[0-9a-f]{64}$/);
    await user.ok('node1', 'docker service rm app');
    await user.wait(15);
    expect(await user.ok('node1', 'docker volume ls -q')).toBe('');
  });

  test('that an image declares are made for it', async () => {
    const user = swarmOf(1, 0);
    await user.ok('node1', 'docker service create -q --name db --env POSTGRES_PASSWORD=x postgres');
    const name = await user.ok('node1', 'docker volume ls -q');
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    expect(await user.ok('node1', `docker volume inspect ${name} --format '{{json .Labels}}'`)).toBe(
      '{"com.docker.volume.anonymous":""}',
    );
  });
});
