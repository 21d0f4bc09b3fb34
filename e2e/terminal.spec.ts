/** The terminals: an editable line as bash has it, docker's own words, displays that redraw in place, one terminal per host. */
import { expect } from '@playwright/test';
import { type SwarmPage, test } from './swarm-page.ts';
import type { TerminalPane } from './terminal-pane.ts';

/** Types a command and lets it have its time. */
async function runTyped(swarm: SwarmPage, terminal: TerminalPane, command: string, seconds = 1): Promise<void> {
  await terminal.enter(command);
  await swarm.advance(seconds);
  await terminal.waitForPrompt();
}

test('earlier lines come back with the arrows and with Ctrl-R; Ctrl-C gives a line up; Ctrl-L clears', async ({
  swarm,
}) => {
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  await runTyped(swarm, terminal, 'echo first');
  await runTyped(swarm, terminal, 'docker service ls -q');
  await runTyped(swarm, terminal, 'echo third');

  await terminal.press('ArrowUp');
  await terminal.press('ArrowUp');
  await terminal.expectLastLine(`${terminal.prompt} docker service ls -q`);
  await terminal.press('ArrowDown');
  await terminal.expectLastLine(`${terminal.prompt} echo third`);
  await terminal.press('Control+c');
  await terminal.expectText(`${terminal.prompt} echo third^C`);
  await terminal.waitForPrompt();

  await terminal.press('Control+r');
  await terminal.type('fir');
  await terminal.expectLastLine("(reverse-i-search)`fir': echo first");
  await terminal.press('Enter');
  await expect.poll(async () => (await terminal.lines()).filter((line) => line === 'first')).toHaveLength(2);

  await terminal.type('not yet');
  await terminal.press('Control+l');
  await expect.poll(() => terminal.lines()).toEqual([`${terminal.prompt} not yet`]);
  await terminal.press('Home');
  await terminal.type('echo ');
  await terminal.press('Control+e');
  await terminal.press('Control+w');
  await terminal.type('now');
  await runTyped(swarm, terminal, '');
  expect(await terminal.lines()).toEqual([`${terminal.prompt} echo not now`, 'not now', terminal.prompt]);
});

test('Tab completes commands, flags and names of things; twice it lists them', async ({ swarm }) => {
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  const completed = async (typed: string, line: string) => {
    await terminal.type(typed);
    await terminal.press('Tab');
    await swarm.advance(0.1);
    await terminal.expectLastLine(`${terminal.prompt} ${line}`);
    await terminal.press('Control+u');
    await terminal.waitForPrompt();
  };
  await completed('docker serv', 'docker service');
  await completed('docker service crea', 'docker service create');
  await completed('docker service create --repl', 'docker service create --replicas');
  await completed('docker service ps w', 'docker service ps web');

  await terminal.type('docker node inspect n');
  await terminal.press('Tab');
  await swarm.advance(0.1);
  await terminal.expectLastLine(`${terminal.prompt} docker node inspect node`);
  await terminal.press('Tab');
  await terminal.press('Tab');
  await swarm.advance(0.1);
  await terminal.expectText(/^node1 +node2 +node3 +node4 +node5$/m);
});

test('Ctrl-C ends watch, which redraws in place', async ({ swarm }) => {
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  await terminal.enter('watch -n 1 docker service ls');
  await swarm.advance(2);
  await terminal.expectText(/web +replicated +6\/6/);
  const header = async () => (await terminal.lines()).filter((line) => line.startsWith('Every 1.0s:'));
  const [first] = await header();
  await swarm.advance(3);
  await expect.poll(header).not.toEqual([first]);
  expect(await header()).toHaveLength(1);
  await terminal.press('Control+c');
  await swarm.advance(0.1);
  await terminal.waitForPrompt();
});

test('several pasted lines run in their order; what is selected is copied', async ({ swarm, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  await swarm.page.evaluate(() => navigator.clipboard.writeText('echo one\necho two && \\\n  echo three\necho four'));
  await terminal.press('Control+v');
  await terminal.expectLastLine('echo four');
  await terminal.press('Enter');
  await swarm.advance(1);
  await expect
    .poll(async () => (await terminal.lines()).slice(-5))
    .toEqual(['one', 'two', 'three', 'four', terminal.prompt]);

  const word = await terminal.box.locator('.xterm-rows > div', { hasText: /^four/ }).boundingBox();
  await swarm.page.mouse.dblclick(word!.x + 12, word!.y + word!.height / 2);
  await terminal.press('Control+c');
  await expect.poll(() => swarm.page.evaluate(() => navigator.clipboard.readText())).toBe('four');
  await terminal.press('Control+c');
  await terminal.expectText(`${terminal.prompt} ^C`);
});

test("wrong commands get docker's words, usage lines and exit codes", async ({ swarm }) => {
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  await runTyped(swarm, terminal, 'docker service lss; echo "exit $?"');
  await terminal.expectText("Run 'docker service --help' for more information");
  await terminal.expectText('exit 1');
  await terminal.press('Control+l');
  await runTyped(swarm, terminal, 'docker service create; echo "exit $?"');
  await terminal.expectText("'docker service create' requires at least 1 argument");
  await terminal.expectText('Usage:  docker service create [OPTIONS] IMAGE [COMMAND] [ARG...]');
  await terminal.press('Control+l');
  await runTyped(swarm, terminal, 'docker service ls --nonsense; echo "exit $?"');
  await terminal.expectText('unknown flag: --nonsense');
  await terminal.expectText('exit 125');
  await terminal.press('Control+l');
  await runTyped(swarm, terminal, 'dcoker ps; echo "exit $?"');
  await terminal.expectText('bash: dcoker: command not found');
  await terminal.expectText('exit 127');
});

test('pipes, $(...), variables, quotes, && and ; work as in a shell', async ({ swarm }) => {
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  const printed = async (command: string, ...lines: string[]) => {
    await terminal.press('Control+l');
    await runTyped(swarm, terminal, command);
    await expect.poll(() => terminal.lines()).toEqual([`${terminal.prompt} ${command}`, ...lines, terminal.prompt]);
  };
  await printed('docker service ps -q web | wc -l', '6');
  await printed("docker node ls --format '{{.Hostname}}' | grep -v 4 | sort -r | head -2", 'node5', 'node3');
  await printed('docker service inspect $(docker service ls -q) --format "{{.Spec.Name}}"', 'web');
  await printed(`n=5; echo "$n tasks" '$n' && false; echo after $?`, '5 tasks $n', 'after 1');
  await printed('for n in 1 2; do echo node$n; done', 'node1', 'node2');
});

test('progress redraws in place until the service has converged', async ({ swarm }) => {
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  await terminal.enter('docker service scale web=8');
  const seen = new Set<string>();
  for (let quarter = 0; quarter < 48 && !(await terminal.text()).includes('converged'); quarter++) {
    await swarm.advance(0.25);
    const lines = await terminal.lines();
    expect(lines.filter((line) => line.startsWith('overall progress:')).length).toBeLessThanOrEqual(1);
    for (const line of lines) seen.add(line.replace(/ *\[.*/, ''));
  }
  await terminal.waitForPrompt();
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'web scaled to 8',
      'overall progress: 8 out of 8 tasks',
      '8/8: running',
      'verify: Waiting 5 seconds to verify that tasks are stable...',
      'verify: Waiting 1 seconds to verify that tasks are stable...',
      'verify: Service web converged',
    ]),
  );
  expect([...seen].some((line) => /^\d\/8: (assigned|accepted|preparing|starting|ready)/.test(line))).toBe(true);
});

test('each host has a terminal of its own', async ({ swarm }) => {
  await swarm.open();
  const first = await swarm.openTerminal('node1');
  await runTyped(swarm, first, 'here=one; echo $HOSTNAME $here');
  await first.expectText('node1 one');
  const worker = await swarm.openTerminal('node4');
  await runTyped(swarm, worker, 'echo "$HOSTNAME [$here]"');
  await worker.expectText('node4 []');
  await runTyped(swarm, worker, 'docker node ls');
  await worker.expectText('This node is not a swarm manager.');
  // What one has typed is still there when one comes back.
  await worker.type('half a l');
  await swarm.openTerminal('node1');
  await first.expectText('node1 one');
  await swarm.hostTab('node4').click();
  await worker.expectLastLine(`${worker.prompt} half a l`);
});

test('a terminal takes the width of its panel', async ({ swarm }) => {
  const { page } = swarm;
  await swarm.open();
  const terminal = await swarm.openTerminal('node1');
  const long = `echo ${Array.from({ length: 24 }, (_, index) => `w${index + 10}`).join(' ')}`;
  await terminal.type(long);
  await terminal.expectLastLine(`${terminal.prompt} ${long}`);
  await page.setViewportSize({ width: 1000, height: 900 });
  await expect.poll(async () => (await terminal.lines()).length).toBeGreaterThan(1);
  expect((await terminal.lines()).join(' ').replaceAll(/ +/g, '')).toBe(
    `${terminal.prompt}${long}`.replaceAll(' ', ''),
  );
  await page.setViewportSize({ width: 1440, height: 900 });
  await terminal.expectLastLine(`${terminal.prompt} ${long}`);

  const rows = () => terminal.box.locator('.xterm-rows > div').count();
  const before = await rows();
  const line = page.getByRole('separator', { name: 'Height of the terminal' });
  await line.focus();
  for (let press = 0; press < 5; press++) await page.keyboard.press('ArrowUp');
  await expect.poll(rows).toBeGreaterThan(before);
  await page.getByRole('button', { name: 'Fold the terminal' }).click();
  await expect(terminal.box).toBeHidden();
  await page.getByRole('button', { name: 'Unfold the terminal' }).click();
  await terminal.expectLastLine(`${terminal.prompt} ${long}`);
});

test('the terminal of a machine without power says so and takes no keys until power is back', async ({ swarm }) => {
  await swarm.open();
  const terminal = await swarm.openTerminal('node2');
  await runTyped(swarm, terminal, 'echo before');
  await terminal.enter('watch docker node ls');
  await swarm.advance(1);
  await swarm.page.evaluate(() => window.swarmscope.fault('power-off', 'node2'));
  await terminal.expectLastLine('node2 has no power');
  await expect(swarm.hostTab('node2')).toHaveAccessibleName('node2, no power');
  await terminal.type('docker node ls');
  await terminal.press('Enter');
  await swarm.advance(5);
  expect(await terminal.lastLine()).toBe('node2 has no power');

  await swarm.page.evaluate(() => window.swarmscope.fault('power-on', 'node2'));
  await terminal.waitForPrompt();
  await swarm.advance(10);
  await terminal.press('Control+l');
  await terminal.press('ArrowUp');
  await terminal.press('ArrowUp');
  await terminal.expectLastLine(`${terminal.prompt} echo before`);
  await terminal.press('Enter');
  await terminal.expectText(/^before$/m);
});
