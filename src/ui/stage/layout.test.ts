import { describe, expect, it } from 'vitest';
import { clusterTargets } from './hit-test.ts';
import { GROUP_ABOVE, gridFor } from './inside.ts';
import { type LayoutOptions, layoutScene, type Scene } from './layout.ts';
import type { Box } from './scene.ts';
import { situations, steadySwarm, taskOf, withMachine, withNode } from './testing-fixture.ts';

/** About as wide as the page's typeface. */
const measure = (text: string, size: number) => text.length * size * 0.54;
const desktop: LayoutOptions = { width: 1056, height: 392, zoom: 1, measure };
const phone: LayoutOptions = { width: 390, height: 340, zoom: 1, measure };

const sceneOf = (name: string, options = desktop): Scene => {
  const snapshot = situations[name]!();
  return layoutScene(snapshot, options, snapshot.now, null);
};
const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.w - 0.01 && b.x < a.x + a.w - 0.01 && a.y < b.y + b.h - 0.01 && b.y < a.y + a.h - 0.01;
const within = (inner: Box, outer: Box) =>
  inner.x >= outer.x - 0.5 &&
  inner.y >= outer.y - 0.5 &&
  inner.x + inner.w <= outer.x + outer.w + 0.5 &&
  inner.y + inner.h <= outer.y + outer.h + 0.5;

describe('places', () => {
  const sizes = [
    [1, 0],
    [1, 2],
    [3, 2],
    [3, 4],
    [5, 5],
    [7, 3],
    [5, 45],
    [7, 93],
    [7, 993],
    [0, 5],
  ] as const;

  it.each(sizes)('%d managers and %d workers stand apart, on the stage, above the legend', (managers, workers) => {
    for (const options of [desktop, phone, { ...desktop, width: 1480, height: 580 }]) {
      const snapshot = steadySwarm({ managers, workers, services: [{ name: 'web', replicas: 12 }] });
      const scene = layoutScene(snapshot, options, snapshot.now, null);
      const boxes = scene.machines.map((mark) => mark.box);
      const room = { x: 0, y: 0, w: options.width, h: scene.legend.box.y };
      expect(boxes.every((box) => box.w > 0 && box.h > 0 && within(box, room))).toBe(true);
      const sorted = [...boxes].sort((a, b) => a.y - b.y || a.x - b.x);
      const clash = sorted.find((box, index) =>
        sorted.slice(index + 1, index + 40).some((other) => overlap(box, other)),
      );
      expect(clash).toBeUndefined();
    }
  });

  it('puts managers in the rows above all others, in the order in which the machines were made', () => {
    const scene = sceneOf('ten');
    const [managers, workers] = [scene.places.rows[0]!, scene.places.rows.slice(1)];
    expect(managers).toMatchObject({ role: 'manager', names: ['node1', 'node2', 'node3', 'node4', 'node5'] });
    expect(workers.flatMap((row) => row.names)).toEqual(['node6', 'node7', 'node8', 'node9', 'node10']);
    expect(workers.every((row) => row.y > managers.y + managers.h)).toBe(true);
  });

  it('keeps every place when machines die, restart or drain, and when tasks come and go', () => {
    const snapshot = situations.steady!();
    const scene = layoutScene(snapshot, desktop, snapshot.now, null);
    const off = withNode(withMachine(snapshot, 'node6', { power: false, downSince: 0 }), 'node6', { state: 'down' });
    const fewer = {
      ...off,
      tasks: off.tasks.slice(0, 5),
      services: off.services.map((one) => ({ ...one, running: 1 })),
    };
    for (const changed of [off, fewer, situations.steady!()]) {
      expect(layoutScene(changed, desktop, changed.now, scene).places).toBe(scene.places);
      expect(layoutScene(changed, desktop, changed.now, null).places.boxes).toEqual(scene.places.boxes);
    }
  });
});

describe('the inside of a machine', () => {
  it.each([
    ['steady', 'card', ['1', 'web']],
    ['big', 'cell', []],
    ['huge', 'dot', []],
  ] as const)('%s: shown as a %s', (name, level, label) => {
    const scene = sceneOf(name);
    expect(scene.byName.get('node9')?.level ?? scene.machines.at(-1)!.level).toBe(level);
    if (level === 'card') expect(scene.byName.get('node1')!.tasks[0]!.label).toEqual(label);
  });

  it.each(['steady', 'node-down', 'drain', 'big', 'many', 'huge'])(
    '%s: squares keep to their machine and apart',
    (name) => {
      for (const options of [desktop, phone]) {
        for (const mark of sceneOf(name, options).machines.slice(0, 60)) {
          const boxes = mark.tasks.map((task) => task.box);
          const own = { x: 0, y: 0, w: mark.box.w, h: mark.box.h };
          expect(boxes.every((box) => within(box, own))).toBe(true);
          expect(boxes.some((box, index) => boxes.slice(index + 1).some((other) => overlap(box, other)))).toBe(false);
        }
      }
    },
  );

  it('sorts squares by service, then slot', () => {
    const tasks = sceneOf('steady').byName.get('node1')!.tasks;
    expect(tasks.map(({ task }) => `${task.serviceName}.${task.slot}`)).toEqual(['web.1', 'web.8', 'api.6', 'thumb.3']);
  });

  it('takes monogram and slot where the name is long, and no text where none could be read', () => {
    const snapshot = steadySwarm({
      managers: 1,
      workers: 1,
      services: [
        { name: 'payments-gateway', replicas: 2 },
        { name: 'web', replicas: 2 },
      ],
    });
    const labels = layoutScene(snapshot, desktop, snapshot.now, null).machines[0]!.tasks.map((task) => task.label);
    expect(labels).toEqual([['p1'], ['1', 'web']]);
    expect(sceneOf('huge').machines[0]!.tasks.every((task) => task.label.length === 0)).toBe(true);
  });

  it(`counts per service above ${GROUP_ABOVE} tasks`, () => {
    const mark = sceneOf('many').machines[0]!;
    expect(mark.tasks).toEqual([]);
    expect(mark.groups.map((group) => [group.service.name, group.label, group.marks.length])).toEqual([
      ['web', 'web 75', 75],
      ['api', 'api 10', 10],
    ]);
  });

  it('has words and a bracket for neighbours that wait for the same', () => {
    const snapshot = situations.steady!();
    const tasks = snapshot.tasks.map((task) =>
      task.machine === 'node5' ? { ...task, desiredState: 'shutdown' as const } : task,
    );
    const mark = layoutScene({ ...snapshot, tasks }, desktop, snapshot.now, null).byName.get('node5')!;
    expect(mark.words).toHaveLength(1);
    expect(mark.words[0]).toMatchObject({ text: 'running → shutdown' });
    expect(mark.words[0]!.bracket).toBeGreaterThan(40);
  });

  it.each([
    [4, 215, 80, 48, 4],
    [8, 215, 80, 48, 5],
    [20, 95, 30, 30, 10],
  ])('%d squares in %d x %d: as large as there is room for', (count, w, h, largest, columns) => {
    const grid = gridFor(count, w, h, largest, 4)!;
    expect(grid.columns).toBeGreaterThanOrEqual(columns - 1);
    expect(grid.columns * Math.ceil(h / grid.pitch)).toBeGreaterThanOrEqual(count);
  });
});

describe('what changes', () => {
  it('leaves a machine the same object while nothing visible in it changed', () => {
    const snapshot = situations.steady!();
    const before = layoutScene(snapshot, desktop, snapshot.now, null);
    const beat = withMachine(snapshot, 'node1', {
      raft: { ...snapshot.machines[0]!.raft!, electionTimerStarted: snapshot.now, commitIndex: 44 },
    });
    const task = { ...snapshot.tasks.find((one) => one.machine === 'node5')!, state: 'failed' as const };
    const changed = { ...beat, tasks: beat.tasks.map((one) => (one.id === task.id ? task : one)) };
    const after = layoutScene(changed, desktop, snapshot.now, before);
    const differing = after.machines.filter((mark, index) => mark !== before.machines[index]).map((mark) => mark.name);
    expect(differing).toEqual(['node5']);
  });

  it('says when the next ghost goes, and it is gone then', () => {
    const snapshot = situations['node-down']!();
    const scene = layoutScene(snapshot, desktop, snapshot.now, null);
    const names = (one: Scene) =>
      one.byName.get('node7')!.tasks.map(({ task }) => `${task.serviceName}.${task.slot} ${task.state}`);
    expect(names(scene)).toContain('queue.2 failed');
    expect(scene.nextExpiry).toBe(snapshot.now - 1_000_000 + 8_000_000);
    expect(names(layoutScene(snapshot, desktop, scene.nextExpiry!, scene))).not.toContain('queue.2 failed');
  });
});

describe('the tray', () => {
  it('holds what has no machine yet, beside the leader', () => {
    const scene = sceneOf('node-down');
    expect(scene.tray).toMatchObject({ total: 1, more: 0 });
    expect(scene.tray!.tasks[0]!.task).toMatchObject({ serviceName: 'api', state: 'pending' });
    const leader = scene.byName.get('node2')!.box;
    expect(scene.tray!.box.x).toBeGreaterThan(leader.x + leader.w - 30);
  });

  it('counts what does not fit', () => {
    const snapshot = situations.steady!();
    const waiting = Array.from({ length: 30 }, (_, index) =>
      taskOf('web', 0, index + 10, null, 'pending', snapshot.now),
    );
    const scene = layoutScene({ ...snapshot, tasks: [...snapshot.tasks, ...waiting] }, desktop, snapshot.now, null);
    expect(scene.tray!.total).toBe(30);
    expect(scene.tray!.tasks.length + scene.tray!.more).toBe(30);
    expect(clusterTargets(scene).filter(({ ref }) => ref.includes('pending'))).toHaveLength(scene.tray!.tasks.length);
  });
});

describe('the legend', () => {
  it('says what runs of what is wanted, and how many are coming', () => {
    const items = sceneOf('node-down').legend.items;
    expect(items.map((item) => [item.service.name, item.running, item.desired, item.words?.text])).toEqual([
      ['web', 8, 9, '1 coming'],
      ['api', 5, 6, '1 coming'],
      ['queue', 4, 4, undefined],
      ['thumb', 4, 5, '1 coming'],
    ]);
  });

  it.each([desktop, phone, { ...phone, width: 320 }])('counts the services that do not fit', (options) => {
    const services = Array.from({ length: 20 }, (_, index) => ({ name: `service-${index}`, replicas: 1 }));
    const snapshot = steadySwarm({ managers: 1, workers: 1, services });
    const { legend } = layoutScene(snapshot, options, snapshot.now, null);
    const shown = legend.items.length;
    expect(legend.more?.text).toBe(`${20 - shown} more`);
    expect(legend.more!.at.x + measure(legend.more!.text, 15)).toBeLessThanOrEqual(options.width);
    expect(legend.items.every((item) => item.box.x + item.box.w <= options.width)).toBe(true);
  });
});
