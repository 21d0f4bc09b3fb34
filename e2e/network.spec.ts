/**
 * The Network lens and its hop ledger: requests that are followed through doors, wheels and wires, and what they say where they die. The voting
 * app through the browser window, with a machine that dies under it and a database that moves away from its volume.
 */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Locator } from '@playwright/test';
import { openBrowser } from './browser-window.ts';
import { type SwarmPage, test } from './swarm-page.ts';

const votingApp = `version: "3.8"
services:
  redis:
    image: redis:alpine
    networks: [frontend]
  db:
    image: postgres:15-alpine
    environment: {POSTGRES_USER: postgres, POSTGRES_PASSWORD: postgres}
    volumes: [db-data:/var/lib/postgresql/data]
    networks: [backend]
    deploy:
      placement:
        constraints: [node.role == worker]
  vote:
    image: dockersamples/examplevotingapp_vote
    ports: ["5000:80"]
    networks: [frontend]
    deploy:
      replicas: 2
  result:
    image: dockersamples/examplevotingapp_result
    ports: ["5001:80"]
    networks: [backend]
  worker:
    image: dockersamples/examplevotingapp_worker
    networks: [frontend, backend]
networks:
  frontend:
  backend:
volumes:
  db-data:
`;

/** The parts of the lens. */
class Network {
  readonly ledger: Locator;
  readonly hops: Locator;
  readonly current: Locator;
  readonly flows: Locator;
  readonly #swarm: SwarmPage;

  constructor(swarm: SwarmPage) {
    this.#swarm = swarm;
    this.ledger = swarm.page.getByRole('region', { name: /^Hops of/ });
    this.hops = this.ledger.getByRole('row');
    this.current = this.ledger.locator('[aria-current="step"]');
    this.flows = swarm.page.getByRole('combobox', { name: 'Flow' });
  }

  static async open(swarm: SwarmPage): Promise<Network> {
    await swarm.leaveText();
    await swarm.page.keyboard.press('3');
    await expect(swarm.page.getByRole('img', { name: /overlay networks:/ })).toBeVisible();
    return new Network(swarm);
  }

  /** The flows in the ledger's list, the newest first. */
  async told(): Promise<string[]> {
    await expect(this.flows).toBeVisible();
    return this.flows.getByRole('option').allTextContents();
  }

  /** Lines of the outline under a heading. */
  async outline(heading: string): Promise<string[]> {
    const { page } = this.#swarm;
    const box = page.getByRole('checkbox', { name: 'Show the network as text' });
    if (!(await box.isChecked())) {
      await box.focus();
      await page.keyboard.press('Space');
    }
    const part = page
      .getByRole('navigation', { name: 'Outline of the stage' })
      .locator('section', { has: page.getByRole('heading', { name: heading, exact: true }) });
    return part.getByRole('listitem').allTextContents();
  }
}

async function deployVotingApp(swarm: SwarmPage): Promise<void> {
  const { exit, screen } = await swarm.run(
    'node1',
    `cat > voting.yml <<'EOF'\n${votingApp}EOF\ndocker stack deploy --detach=true -c voting.yml voting`,
  );
  expect(exit, screen).toBe(0);
  const wanted = ['db', 'redis', 'result', 'vote', 'vote', 'worker'];
  await swarm.advanceUntil('the voting app runs', ({ tasks }) => {
    const running = tasks.filter(({ state, desiredState }) => state === 'running' && desiredState === 'running');
    const names = running.map(({ serviceName }) => serviceName.replace('voting_', '')).filter((name) => name !== 'web');
    return JSON.stringify(names.sort()) === JSON.stringify(wanted);
  });
  await swarm.advance(10);
}

const machineOf = async (swarm: SwarmPage, service: string): Promise<string> =>
  (await swarm.wantedTasks(service)).find(({ state }) => state === 'running')!.machine!;

test('the voting app counts clicks, survives the death of a machine, and loses its votes with the volume', async ({
  swarm,
}) => {
  test.setTimeout(180_000);
  await swarm.open();
  await deployVotingApp(swarm);
  const browser = await openBrowser(swarm);
  await browser.visit('http://node1:5000');
  await browser.press('Cats', 3);
  await browser.visit('http://node2:5001', 2);
  await expect(browser.window).toContainText('1 vote');
  await expect(browser.window).toContainText('100.0%');

  // Another voter, by terminal: the page hears of it over the connection that it holds.
  await swarm.run('node3', 'curl -s -X POST -d vote=b localhost:5000 > /dev/null');
  await swarm.advance(4);
  await expect(browser.window).toContainText('2 votes');

  // A machine dies that the database is not on: its tasks get new places, and no vote is lost.
  const db = await machineOf(swarm, 'voting_db');
  const voters = (await swarm.wantedTasks('voting_vote')).map(({ machine }) => machine!);
  const victim = [...voters, 'node5', 'node4', 'node3'].find((name) => name !== db && name !== 'node1')!;
  await swarm.page.evaluate((name) => window.swarmscope.fault('power-off', name), victim);
  await swarm.advance(45);
  const door = ['node1', 'node2', 'node3'].find((name) => name !== victim)!;
  await swarm.run(door, 'curl -s -m 5 --retry 3 -X POST -d vote=b localhost:5000 > /dev/null');
  await swarm.advance(6);
  await browser.visit(`http://${door}:5001`, 3);
  await expect(browser.window).toContainText('3 votes');

  // The database moves to a machine that has no such volume: it begins with nothing.
  await swarm.page.evaluate((name) => window.swarmscope.fault('power-on', name), victim);
  await swarm.advance(15);
  await swarm.run('node1', `docker node update --availability drain ${db}`);
  await swarm.advanceUntil('the database has moved', ({ tasks }) =>
    tasks.some(
      ({ serviceName, machine, state }) => serviceName === 'voting_db' && machine !== db && state === 'running',
    ),
  );
  await swarm.advance(15);
  await browser.visit('http://node1:5001', 3);
  await expect(browser.window).not.toContainText('3 votes');
  await expect(browser.window).toContainText(/No votes|0 votes/);
});

test('a name of another network is not known, and the ledger says why', async ({ swarm }) => {
  test.setTimeout(120_000);
  await swarm.open();
  await deployVotingApp(swarm);
  const network = await Network.open(swarm);
  const vote = (await swarm.wantedTasks('voting_vote'))[0]!;
  const inside = `docker exec $(docker ps -q -f name=voting_vote | head -1)`;
  expect((await swarm.run(vote.machine!, `${inside} curl -s -m 3 db:5432`)).exit).toBe(6);
  await swarm.painted();
  await expect(swarm.inspector).toContainText('It goes no further: name not found.');
  await expect(swarm.inspector).toContainText(
    /voting_db is on voting_backend; voting_vote\.\d is on voting_frontend\. Names are known only inside a network\./,
  );
  await expect(network.current).toContainText('name not found');
  await expect(network.current).toContainText('nslookup db 127.0.0.11');
  // What it may reach, it reaches: by the virtual IP, marked, balanced.
  await swarm.run(vote.machine!, `${inside} curl -s -m 3 redis:6379`);
  await swarm.painted();
  await expect(network.hops.filter({ hasText: 'IPVS' }).first()).toContainText('voting_redis.1');
});

test('with 4789/udp closed only requests to tasks on that machine time out, and the ledger says so', async ({
  swarm,
}) => {
  await swarm.open();
  const network = await Network.open(swarm);
  const victim = (await swarm.wantedTasks('web')).find(({ machine }) => machine !== 'node1')!.machine!;
  const remote = (await swarm.wantedTasks('web')).filter(({ machine }) => machine === victim).length;
  await swarm.page.evaluate((name) => window.swarmscope.fault('port-close', name, 4789, 'udp'), victim);
  const { screen } = await swarm.run(
    'node1',
    'for i in 1 2 3 4 5 6; do curl -s -m 4 -o /dev/null -w "%{http_code}\\n" localhost; done',
  );
  expect(screen.split('\n').sort()).toEqual([...Array(remote).fill('000'), ...Array(6 - remote).fill('200')]);
  await swarm.painted();
  const told = await network.told();
  expect(told.filter((line) => line.includes('answered by'))).toHaveLength(6 - remote);
  const lost = told.find((line) => line.includes('dropped'))!;
  expect(lost).toContain(`port closed (port 4789/udp is closed on ${victim})`);
  await network.flows.selectOption({ label: lost });
  await expect(swarm.inspector).toContainText(`A firewall swallowed it: port 4789/udp is closed on ${victim}.`);
  await expect(network.hops.filter({ hasText: 'no answer, tried again after 1 s' })).toHaveCount(1);
  await expect(network.hops.filter({ hasText: 'no answer, tried again after 2 s' })).toHaveCount(1);
  // The way ends before the machine: nothing of the ledger is there.
  await expect(network.hops.filter({ hasText: new RegExp(`^\\d+[\\d.]+${victim}`) })).toHaveCount(0);
});

test('every door leads to all tasks, and each machine keeps its own turn', async ({ swarm }) => {
  await swarm.open();
  const network = await Network.open(swarm);
  const web = (await swarm.snapshot()).services.find(({ name }) => name === 'web')!;
  for (const [host, count] of [
    ['node1', 6],
    ['node5', 2],
  ] as const) {
    const { screen } = await swarm.run(host, `for i in $(seq ${count}); do curl -s localhost | grep Container; done`);
    expect(new Set(screen.split('\n')).size, host).toBe(count);
  }
  await swarm.painted();
  await expect(swarm.narrator).toContainText(/web\.\d on node\d answers\./);
  const wheels = (await network.outline('Balancers')).filter((line) => line.includes(' web '));
  expect(wheels).toHaveLength(5);
  expect(wheels.find((line) => line.startsWith('node1:'))).toContain('6 connections');
  expect(wheels.find((line) => line.startsWith('node5:'))).toContain('2 connections');
  expect(wheels.find((line) => line.startsWith('node3:'))).not.toContain('connections');
  expect(web.ports[0]!.published).toBe(80);
});

test('the ledger is stepped through with the arrow keys, and the picture follows', async ({ swarm }) => {
  await swarm.open();
  const network = await Network.open(swarm);
  await swarm.run('node1', 'curl -s localhost:80 > /dev/null');
  await swarm.painted();
  await network.ledger.focus();
  const { page } = swarm;
  await page.keyboard.press('Home');
  await expect(network.current).toContainText('client');
  await expect(swarm.selected).toHaveText(/^Hop 1:/);
  const stage = page.getByRole('region', { name: 'Stage' }).locator('canvas');
  const picture = () => stage.evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL().length);
  const before = await picture();
  for (let step = 2; step <= 7; step++) {
    await page.keyboard.press('ArrowDown');
    await expect(swarm.selected).toHaveText(new RegExp(`^Hop ${step}:`));
  }
  await expect(swarm.inspector).toContainText('Where did the client’s address go?');
  await expect.poll(picture).not.toBe(before);
  await page.keyboard.press('End');
  await expect(network.current).toContainText('way back, client');

  // A copy of it all, and of the command that shows the same on a real host.
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy the ledger as text' }).click();
  await expect(page.getByText('Copied', { exact: true }).first()).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.split('\n')[0]).toMatch(/^localhost:80 from node1: answered by web\.\d on node\d$/);
  expect(copied).toContain('ipvs SNAT');

  // By themselves, one after the other.
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Show the hops one after the other' }).click();
  await expect(swarm.selected).toHaveText(/^Hop 3:/);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
});

test('a port of the host keeps the client’s address, the mesh does not: as buttons to press', async ({ swarm }) => {
  await swarm.open();
  const network = await Network.open(swarm);
  const examples = swarm.inspector.getByRole('region', { name: 'Try and compare' });
  await examples.getByRole('button', { name: 'The mesh, or a port of the host' }).click();
  for (const step of ['--name mesh', '--name direct']) {
    await examples.getByRole('button', { name: step }).click();
    await swarm.advance(1);
  }
  await swarm.advance(15);
  await examples.getByRole('button', { name: ':8080' }).click();
  await swarm.advance(2);
  await expect(network.hops.filter({ hasText: 'SNAT' }).first()).toBeVisible();
  await swarm.inspector.getByRole('tab', { name: 'Try and compare' }).click();
  await examples.getByRole('button', { name: 'The mesh, or a port of the host' }).click();
  await examples.getByRole('button', { name: ':8081' }).click();
  await swarm.advance(2);
  await expect.poll(async () => (await network.told())[0]).toContain(':8081');
  await expect(network.hops.filter({ hasText: 'SNAT' })).toHaveCount(0);
  await expect(network.hops.filter({ hasText: 'vxlan0' })).toHaveCount(0);
});

test('a load is drawn with its legend; what dies is counted where it dies', async ({ swarm }) => {
  await swarm.open();
  const network = await Network.open(swarm);
  const { load } = await openBrowser(swarm);
  await load.getByRole('spinbutton', { name: 'Requests per second' }).fill('60');
  await load.getByRole('button', { name: 'Load' }).click();
  await expect(load.getByRole('button', { name: 'Stop' })).toBeVisible();
  await swarm.advance(3);
  await expect(swarm.page.getByText(/^Lines: requests per second/)).toBeVisible();
  await swarm.page.evaluate(() => window.swarmscope.fault('power-off', 'node4'));
  await swarm.advance(8);
  await expect(load).toContainText('node unreachable: node4 has no power');
  expect(await network.outline('Loads')).toEqual([expect.stringContaining('timed out (node unreachable)')]);
  await load.getByRole('button', { name: 'Stop' }).click();
  await swarm.advance(1);
});

test('everything on the stage is in its outline, by keyboard alone', async ({ swarm }) => {
  await swarm.open();
  await swarm.run('node2', 'curl -s localhost > /dev/null');
  const network = await Network.open(swarm);
  const { page } = swarm;
  expect(await network.outline('Machines')).toEqual(
    [1, 2, 3, 4, 5].map((number) => `node${number} 192.168.99.10${number}, doors 80/tcp`),
  );
  expect(await network.outline('Networks')).toEqual([
    'ingress, VNI 4096, 10.0.0.0/24, on node1, node2, node3, node4, node5',
  ]);
  const outline = page.getByRole('navigation', { name: 'Outline of the stage' });
  await outline.getByRole('button', { name: /^node3 / }).focus();
  await page.keyboard.press('Enter');
  await expect(swarm.selected).toHaveText(/^node3/);
  await outline.getByRole('button', { name: /^localhost:80 from node2/ }).focus();
  await page.keyboard.press('Enter');
  await expect(swarm.selected).toHaveText(/^Hop \d+:/);
});

async function seriousFindings({ page }: SwarmPage): Promise<string[]> {
  const axe = new AxeBuilder({ page });
  // The dark page differs from the light one in its colours only.
  if (await page.evaluate(() => document.documentElement.dataset.theme === 'dark')) axe.withRules('color-contrast');
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`axe, ${colorScheme}`, () => {
    test.use({ colorScheme });
    test('finds nothing serious in the lens, the ledger and the examples', async ({ swarm }) => {
      test.slow();
      await swarm.open();
      await Network.open(swarm);
      await expect(swarm.inspector.getByRole('region', { name: 'Try and compare' })).toBeVisible();
      await swarm.inspector.getByRole('combobox', { name: 'Filter events by lane' }).selectOption('you');
      expect(await seriousFindings(swarm), 'before any packet').toEqual([]);
      await swarm.run('node1', 'curl -s localhost > /dev/null; curl -s localhost:81');
      await swarm.painted();
      expect(await seriousFindings(swarm), 'a packet that was dropped').toEqual([]);
      await swarm.inspector.getByRole('tab', { name: 'Try and compare' }).click();
      await swarm.inspector.getByRole('button', { name: 'Two networks that do not meet' }).click();
      expect(await seriousFindings(swarm), 'an example').toEqual([]);
    });
  });
}

test.describe('on a phone of 390 x 844', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('city and rooms take turns, and the ledger is in the sheet', async ({ swarm }) => {
    test.slow();
    const { page } = swarm;
    await swarm.open();
    await page.getByRole('tab', { name: 'Network' }).tap();
    const invitation = page.getByRole('region', { name: 'Try and compare' });
    await invitation.getByRole('button', { name: 'curl localhost' }).tap();
    // It is typed when the terminal is there.
    await swarm.terminal('node1').expectText('curl localhost');
    await swarm.advance(1);
    const choice = page.getByRole('group', { name: 'What the stage shows' });
    await expect(choice.getByRole('button', { name: 'City' })).toHaveAttribute('aria-pressed', 'true');
    await choice.getByRole('button', { name: 'Rooms' }).tap();
    await expect(choice.getByRole('button', { name: 'Rooms' })).toHaveAttribute('aria-pressed', 'true');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(await seriousFindings(swarm)).toEqual([]);
  });
});
