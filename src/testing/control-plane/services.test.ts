/** Services as their owner sees them: updates and how they end, tasks that cannot run and why, stopping, checks of health, jobs. */
import { describe, expect, it } from 'vitest';
import { swarmOf, type User } from './user.ts';

const status = (user: User, service: string): Promise<string> =>
  user.ok('node1', `docker service inspect ${service} --format '{{.UpdateStatus.State}}: {{.UpdateStatus.Message}}'`);
const errors = (user: User, service: string): Promise<string> =>
  user.ok('node1', `docker service ps ${service} --no-trunc --format '{{.DesiredState}} {{.CurrentState}} {{.Error}}'`);

describe('an update', () => {
  const BAD = '--image busybox --args false web';

  it('is completed', async () => {
    const user = swarmOf(1, 1);
    await user.ok('node1', 'docker service create -q --name web --replicas 2 nginx:1.26');
    await user.ok('node1', 'docker service update -d --image nginx:1.27 --update-delay 4s web');
    await user.wait(1);
    expect(await status(user, 'web')).toBe('updating: update in progress');
    await user.until('node1', "docker service inspect web --format '{{.UpdateStatus.State}}'", /completed/);
    expect(await status(user, 'web')).toBe('completed: update completed');
  });

  it('is paused when a task fails, and goes on when the service is updated again', async () => {
    const user = swarmOf(1, 1);
    await user.ok('node1', 'docker service create -q --name web --replicas 3 nginx:1.26');
    expect(await user.refused('node1', `docker service update ${BAD}`)).toMatch(
      /service update paused: update paused due to failure or early termination of task [0-9a-z]{25}$/,
    );
    expect(await status(user, 'web')).toMatch(
      /^paused: update paused due to failure or early termination of task \w{25}$/,
    );
    await user.ok('node1', "docker service update -q --image nginx:1.27 --args '' web");
    expect(await status(user, 'web')).toBe('completed: update completed');
  });

  it('goes on whatever fails', async () => {
    const user = swarmOf(1, 1);
    await user.ok('node1', 'docker service create -q --name web --replicas 2 --restart-condition none nginx:1.26');
    await user.ok('node1', `docker service update -d --update-failure-action continue ${BAD}`);
    await user.until('node1', "docker service inspect web --format '{{.UpdateStatus.State}}'", /completed/);
    expect(await errors(user, 'web')).toContain('task: non-zero exit (1)');
  });

  it('is let pass when few enough fail', async () => {
    const user = swarmOf(1, 1);
    await user.ok('node1', 'docker service create -q --name web --replicas 2 nginx:1.26');
    await user.ok('node1', `docker service update -d --update-max-failure-ratio 1 ${BAD}`);
    await user.wait(40);
    expect(await status(user, 'web')).toMatch(/^(updating|completed): /);
  });

  it('is rolled back by itself', async () => {
    const user = swarmOf(1, 1);
    await user.ok('node1', 'docker service create -q --name web --replicas 2 nginx:1.26');
    await user.ok('node1', `docker service update -d --update-failure-action rollback ${BAD}`);
    await user.until('node1', "docker service inspect web --format '{{.UpdateStatus.State}}'", /rollback_started/);
    expect(await status(user, 'web')).toMatch(
      /^rollback_started: update rolled back due to failure or early termination of task \w{25}$/,
    );
    await user.until('node1', "docker service inspect web --format '{{.UpdateStatus.State}}'", /rollback_completed/);
    expect(await status(user, 'web')).toBe('rollback_completed: rollback completed');
    expect(await user.ok('node1', "docker service ls --format '{{.Replicas}} {{.Image}}'")).toBe('2/2 nginx:1.26');
  });

  it('is rolled back by hand, once', async () => {
    const user = swarmOf(1, 1);
    await user.ok('node1', 'docker service create -q --name web nginx:1.26');
    expect(await user.refused('node1', 'docker service rollback web')).toMatch(
      /rpc error: code = FailedPrecondition desc = service \w{25} does not have a previous spec$/,
    );
    await user.ok('node1', 'docker service update -q --image nginx:1.27 web');
    await user.ok('node1', 'docker service rollback -d web');
    expect(await status(user, 'web')).toMatch(/^rollback_started: manually requested rollback$/);
    await user.until('node1', "docker service inspect web --format '{{.UpdateStatus.State}}'", /rollback_completed/);
  });

  it('in the order start-first has more tasks than replicas for a while', async () => {
    const user = swarmOf(1, 1);
    await user.ok('node1', 'docker service create -q --name web --update-order start-first nginx:1.26');
    await user.ok('node1', 'docker service update -d --image nginx:1.27 web');
    const running = 'docker service ps web -q -f desired-state=running | wc -l';
    await user.until('node1', running, /^2$/);
    await user.until('node1', running, /^1$/);
  });
});

describe('a task that finds no place says why', () => {
  const constraint = (text: string): string => `--constraint '${text}'`;
  it.each([
    [constraint('node.labels.disk==ssd'), 'scheduling constraints not satisfied on 2 nodes'],
    [constraint('node.hostname==node9'), 'scheduling constraints not satisfied on 2 nodes'],
    [constraint('node.platform.os!=linux'), 'scheduling constraints not satisfied on 2 nodes'],
    [constraint('engine.labels.zone==a'), 'scheduling constraints not satisfied on 2 nodes'],
    ['--reserve-memory 900G', 'insufficient resources on 2 nodes'],
    ['--reserve-cpu 100', 'insufficient resources on 2 nodes'],
    ['--generic-resource gpu=1', 'insufficient resources on 2 nodes'],
  ])('%s', async (flags, why) => {
    const user = swarmOf(1, 1);
    await user.ok('node1', `docker service create -d --name web ${flags} nginx:1.26`);
    await user.wait(3);
    expect((await errors(user, 'web')).replace(/\d+ seconds? ago/, 'AGE')).toBe(
      `Running Pending AGE "no suitable node (${why})"`,
    );
  });

  it('for more than one reason, and is placed when there is room', async () => {
    const user = swarmOf(1, 2);
    await user.ok('node1', 'docker node update --availability drain node1');
    await user.ok('node1', 'docker service create -d --name web --constraint node.labels.disk==ssd nginx:1.26');
    await user.wait(3);
    expect(await errors(user, 'web')).toContain(
      '"no suitable node (scheduling constraints not satisfied on 2 nodes; 1 node not available for new tasks)"',
    );
    await user.ok('node1', 'docker node update --label-add disk=ssd node3');
    await user.until('node1', "docker service ps web --format '{{.Node}} {{.CurrentState}}'", /^node3 Running/);
    await user.ok('node1', 'docker node update --label-rm disk node3');
    await user.until('node1', 'docker service ps web', /Rejected|assigned node no longer meets constraints/);
  });

  it('or as many as a node may have', async () => {
    const user = swarmOf(1, 1);
    await user.ok('node1', 'docker service create -d --name web --replicas 3 --replicas-max-per-node 1 nginx:1.26');
    await user.wait(3);
    expect(await errors(user, 'web')).toContain('"no suitable node (max replicas per node limit exceed)"');
  });
});

describe('a stop', () => {
  const container = 'docker ps -a -f name=box --format "{{.Status}}"';
  it.each([
    [
      'of a process that does not care is a kill after the grace period',
      '--stop-grace-period 4s busybox sleep 1000',
      7,
    ],
    ['behind an init process takes no time', '--init busybox sleep 1000', 3],
    ['of a shell with a trap takes none', `busybox sh -c "trap 'exit 0' TERM; while true; do sleep 1; done"`, 4],
    ['by a signal of its own', `--stop-signal SIGUSR1 busybox sh -c "trap 'exit 0' USR1; sleep 1000 & wait"`, 3],
  ])('%s', async (_, what, within) => {
    const user = swarmOf(1, 0);
    await user.ok('node1', `docker service create -d --name box ${what}`);
    await user.until('node1', container, /^Up/);
    await user.wait(1);
    const began = user.now;
    await user.ok('node1', 'docker service rm box');
    await user.until('node1', container, /^$/);
    expect(user.now - began).toBeLessThan(within);
    expect(user.now - began).toBeGreaterThan(within === 7 ? 4 : 0);
  });
});

describe('health', () => {
  const create = (what: string): string =>
    `docker service create -d --name web --health-cmd 'test ! -f /sick' --health-interval 1s --health-retries 2 ${what}`;

  it.each([
    [
      '--stop-grace-period 1s busybox sleep 1000',
      'Failed',
      '"task: non-zero exit (137): dockerexec: unhealthy container"',
    ],
    ['nginx:1.26', 'Complete', ''],
  ])(
    'a task is running when its check has passed, and replaced when it fails too often: %s',
    async (what, state, error) => {
      const user = swarmOf(1, 0);
      await user.ok('node1', create(what));
      await user.until('node1', 'docker service ls', /1\/1/);
      await user.ok('node1', 'docker exec $(docker ps -q -f name=web) touch /sick');
      await user.until('node1', 'docker service ls', /0\/1/);
      await user.until('node1', 'docker service ls', /1\/1/);
      const [, first = ''] = (await errors(user, 'web')).split('\n');
      expect(first.replace(/\S+ seconds? ago/, 'AGE').trimEnd()).toBe(`Shutdown ${state} AGE ${error}`.trimEnd());
    },
  );

  it('a task whose check has not passed yet is starting', async () => {
    const user = swarmOf(1, 0);
    await user.ok(
      'node1',
      `docker service create -d --name web --health-cmd 'test -f /well' --health-interval 1s --health-start-period 60s nginx:1.26`,
    );
    await user.wait(20);
    expect(await errors(user, 'web')).toMatch(/^Running Starting/);
    expect(await user.ok('node1', "docker ps --format '{{.Status}}'")).toMatch(/\(health: starting\)$/);
    await user.ok('node1', 'docker exec $(docker ps -q -f name=web) touch /well');
    await user.until('node1', 'docker service ls', /1\/1/, 3);
    expect(await user.ok('node1', "docker ps --format '{{.Status}}'")).toMatch(/\(healthy\)$/);
  });
});

describe('jobs', () => {
  it('run so often and then no more, and again when they are forced', async () => {
    const user = swarmOf(1, 1);
    const counts = "docker service ls --format '{{.Mode}} {{.Replicas}}'";
    await user.ok(
      'node1',
      'docker service create -q --name job --mode replicated-job --replicas 4 --max-concurrent 2 busybox true',
    );
    expect(await user.ok('node1', counts)).toBe('replicated job 0/2 (4/4 completed)');
    await user.ok('node1', 'docker service update -q --force job');
    expect(await user.ok('node1', counts)).toBe('replicated job 0/2 (4/4 completed)');
    expect(await user.ok('node1', 'docker service ps job -q | wc -l')).toBe('8');
  });
});
