/** `window.swarmscope`: every function as the README documents it. */
import { expect } from '@playwright/test';
import { test } from './swarm-page.ts';

test('run, request, fault, snapshot, time, load and painted do what they say', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();

  await test.step('run: a command, its exit code and what a terminal shows of it', async () => {
    expect(await swarm.run('node1', 'docker service ls -q | wc -l')).toEqual({ exit: 0, screen: '1' });
    const failed = await swarm.run('node4', 'docker node ls');
    expect(failed.exit).toBe(1);
    expect(failed.screen).toContain('This node is not a swarm manager.');
    const from = (await swarm.snapshot()).now;
    expect(await swarm.run('node1', 'sleep 90 && echo done')).toEqual({ exit: 0, screen: 'done' });
    expect((await swarm.snapshot()).now - from, 'virtual time passes for it').toBeGreaterThanOrEqual(90e6);
    // One host's commands share a shell, as lines of a script.
    await swarm.run('node2', 'kept=here; cd /tmp');
    expect((await swarm.run('node2', 'echo $kept $PWD')).screen).toBe('here /tmp');
    const { screen } = await swarm.run('node1', 'docker service scale web=7');
    expect(screen).toContain('verify: Service web converged');
    expect(screen.match(/overall progress/g), 'redrawn in place').toHaveLength(1);
  });

  await test.step('request: the Engine API of any host', async () => {
    const answers = await page.evaluate(async () => {
      const { request } = window.swarmscope;
      const ping = await request('node5', 'GET', '/_ping');
      const running = await request('node1', 'GET', '/tasks?filters={"desired-state":["running"]}');
      const versioned = await request('node1', 'GET', '/v1.43/version');
      const created = await request('node1', 'POST', '/services/create', {
        Name: 'api',
        TaskTemplate: { ContainerSpec: { Image: 'redis:7' } },
        Mode: { Replicated: { Replicas: 1 } },
      });
      const worker = await request('node4', 'GET', '/services');
      const missing = await request('node1', 'GET', '/services/nothing');
      return { ping, running, versioned, created, worker, missing };
    });
    expect(answers.ping).toMatchObject({ status: 200, body: 'OK' });
    expect(answers.running.body).toHaveLength(7);
    expect(answers.versioned.body).toMatchObject({ Version: '28.2.2', ApiVersion: '1.50' });
    expect(answers.created).toMatchObject({ status: 201, body: { ID: expect.stringMatching(/^[0-9a-z]{25}$/) } });
    expect(answers.worker.status).toBe(503);
    expect(answers.worker.body).toMatchObject({
      message: expect.stringContaining('This node is not a swarm manager.'),
    });
    expect(answers.missing).toMatchObject({ status: 404, body: { message: 'service nothing not found' } });
  });

  await test.step('time: now, pause, play, speed, advance', async () => {
    const from = await swarm.snapshot();
    const result = await swarm.advance(10);
    expect(result.virtualSeconds).toBe(10);
    expect(result.wallSeconds).toBeGreaterThan(0);
    expect(result.events).toBeGreaterThan(0);
    expect(await page.evaluate(() => window.swarmscope.time.now())).toBeCloseTo(from.now / 1e6 + 10, 3);
    await page.evaluate(() => window.swarmscope.time.speed(5000));
    await expect(page.getByTitle('Virtual seconds per second'), 'at most 1000').toHaveText('×1000');
    await page.evaluate(() => window.swarmscope.time.speed(1));
    await page.evaluate(() => window.swarmscope.time.play());
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
    await page.evaluate(() => window.swarmscope.time.pause());
    await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  });

  await test.step('fault and snapshot: what goes wrong is in the next picture', async () => {
    const fault = (kind: string, ...rest: unknown[]) =>
      page.evaluate(([name, given]) => window.swarmscope.fault(name as never, ...(given as [string, ...unknown[]])), [
        kind,
        rest,
      ] as const);
    const ok = { ok: true };
    const container = (await swarm.machine('node5')).containers.find(({ state }) => state === 'running')!;
    expect(await fault('container-crash', 'node5', container.id, 3)).toEqual(ok);
    expect(await fault('cable-cut', 'node3')).toEqual(ok);
    expect((await swarm.machine('node3')).cable).toBe(false);
    expect(await fault('cable-mend', 'node3')).toEqual(ok);
    expect(await fault('link-cut', 'node1', 'node2')).toEqual(ok);
    expect(await fault('link-mend', 'node1', 'node2')).toEqual(ok);
    expect(await fault('link-quality', 'node1', 'node2', { delayMs: 20, jitterMs: 1, loss: 0.1 })).toEqual(ok);
    expect(await fault('port-close', 'node4', 2377, 'tcp')).toEqual(ok);
    expect((await swarm.machine('node4')).closedPorts).toEqual([{ port: 2377, protocol: 'tcp' }]);
    expect(await fault('port-open', 'node4', 2377, 'tcp')).toEqual(ok);
    expect(await fault('daemon-stop', 'node4')).toEqual(ok);
    await swarm.advance(15);
    expect((await swarm.machine('node4')).daemon).toBe('stopped');
    expect(await fault('daemon-start', 'node4')).toEqual(ok);
    expect(await fault('daemon-restart', 'node5')).toEqual(ok);
    expect(await fault('power-off', 'node2')).toEqual(ok);
    expect((await swarm.machine('node2')).power).toBe(false);
    expect(await fault('power-off', 'node2')).toMatchObject({ ok: false, error: { kind: 'invalid' } });
    expect(await fault('power-on', 'node2')).toEqual(ok);
    expect(await fault('power-off', 'node77')).toMatchObject({ ok: false, error: { kind: 'not-found' } });
  });

  await test.step('load: another world, by name, by size or as data', async () => {
    await page.evaluate(() => window.swarmscope.load('5+5'));
    expect((await swarm.snapshot()).machines).toHaveLength(10);
    await page.evaluate(() => window.swarmscope.load('4x8'));
    expect((await swarm.snapshot()).tasks).toHaveLength(8);
    await page.evaluate(() =>
      window.swarmscope.load({
        name: 'mine',
        title: 'My own',
        seed: 99,
        profile: 'paper',
        hosts: [{ name: 'alpha', address: '10.0.0.1' }],
        managers: 1,
        workers: 0,
        services: [],
      }),
    );
    expect(await swarm.snapshot()).toMatchObject({ seed: 99, machines: [{ name: 'alpha', isLeader: true }] });
    await expect(page.getByRole('button', { name: 'My own seed 99' })).toBeVisible();
    await swarm.terminal('alpha').waitForPrompt();
  });
});

test('what cannot be is refused in words, and the world goes on', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const refusals = await page.evaluate(async () => {
    const { run, request, fault, load } = window.swarmscope;
    const message = (call: () => Promise<unknown>) =>
      (async () => call())().then(
        () => 'no error',
        (error: Error) => error.message,
      );
    return [
      await message(() => run('node9', 'true')),
      await message(() => request('node9', 'GET', '/info')),
      await message(() => fault('melt' as never, 'node1')),
      await message(() => fault('link-cut', 'node1')),
      await message(() => load('nowhere')),
      await message(() => load('0x5')),
    ];
  });
  expect(refusals).toEqual([
    'no host is named "node9"',
    'no host is named "node9"',
    'no such fault: melt',
    'link-cut needs the other host',
    'There is no start named "nowhere".',
    'There is no start named "0x5".',
  ]);
  expect((await swarm.advance(5)).virtualSeconds).toBe(5);
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('the same inputs at the same times make the same world', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const play = () =>
    page.evaluate(async () => {
      const { time, load, fault, snapshot, run } = window.swarmscope;
      await load('first-swarm');
      await time.pause();
      const { now } = await snapshot();
      await time.advance(10 - now / 1e6);
      await run('node1', 'docker service scale -d web=9');
      await time.advance(5);
      await fault('power-off', 'node1');
      await time.advance(60);
      const { now: end, eventCount, quorum, tasks } = await snapshot();
      return {
        end,
        eventCount,
        leader: quorum?.leader,
        places: tasks.map(({ id, machine, state }) => `${id} ${machine} ${state}`),
      };
    });
  expect(await play()).toEqual(await play());
});
