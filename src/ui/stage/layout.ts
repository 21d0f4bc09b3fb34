/**
 * Snapshot -> Scene of the Cluster lens. Pure: places from `places.ts`, the inside of each machine from `inside.ts`, the legend and
 * the tray here. Given the scene before, a machine in which nothing visible changed is the same object again.
 */
import type { Micros } from '../../protocol/events.ts';
import type { MachineView, NodeView, ServiceView, Snapshot, TaskView } from '../../protocol/snapshot.ts';
import { labelOf, layInside, type VisibleTask } from './inside.ts';
import { layLegend } from './legend.ts';
import { machineFacts } from './machine-facts.ts';
import { monogramsOf } from './monograms.ts';
import { type Places, placeMachines } from './places.ts';
import type { Legend, MachineMark, ServiceMark, TaskMark, TrayMark } from './scene.ts';
import { ghostUntil, isVisible, isWantedDown, taskLook } from './task-facts.ts';

/** Width of a text in pixels. The page measures with its canvas; tests use an estimate. */
export type Measure = (text: string, size: number, weight: number) => number;

export interface LayoutOptions {
  width: number;
  height: number;
  /** Zoom: 1 shows the whole world. */
  zoom: number;
  measure: Measure;
}

export interface Scene {
  options: LayoutOptions;
  places: Places;
  machines: MachineMark[];
  byName: Map<string, MachineMark>;
  tray: TrayMark | null;
  legend: Legend;
  services: Map<string, ServiceMark>;
  /** Next virtual time at which a ghost goes, or null. */
  nextExpiry: Micros | null;
  /** Rows this scene was made of, to see what changed. */
  from: Snapshot;
}

/** The scene of a snapshot at virtual time `now`. `before` is the last one, or null. */
export function layoutScene(snapshot: Snapshot, options: LayoutOptions, now: Micros, before: Scene | null): Scene {
  const nodeOf = nodesByMachine(snapshot);
  const facts = snapshot.machines.map((machine) => machineFacts(machine, nodeOf.get(machine.name)));
  const managers = snapshot.machines.filter((_, index) => facts[index]!.role === 'manager').map(({ name }) => name);
  const workers = snapshot.machines.filter((_, index) => facts[index]!.role === 'worker').map(({ name }) => name);
  const outside = snapshot.machines.filter((_, index) => facts[index]!.role === null).map(({ name }) => name);
  const legend = layLegend(snapshot.services, marksOf(snapshot, before), options);
  const same = before !== null && canKeepPlaces(before, options, legend, [...managers, '|', ...workers, ...outside]);
  const places = same
    ? before.places
    : placeMachines(managers, [...workers, ...outside], {
        width: options.width,
        height: options.height,
        bottom: options.height - legend.box.y,
      });
  const services = marksOf(snapshot, before);
  const tasks = visibleTasks(snapshot, nodeOf, services, now);
  const machines = snapshot.machines.map((machine, index) => {
    const input = {
      machine,
      facts: facts[index]!,
      box: places.boxes.get(machine.name)!,
      tasks: tasks.on.get(machine.name) ?? [],
    };
    return layInside(input, places, options, before?.byName.get(machine.name) ?? null);
  });
  const byName = new Map(machines.map((mark) => [mark.name, mark]));
  return {
    options,
    places,
    machines,
    byName,
    tray: layTray(tasks.waiting, snapshot, places, byName, options),
    legend,
    services,
    nextExpiry: tasks.nextExpiry,
    from: snapshot,
  };
}

/** Whether the places of the scene before hold: same stage, same machines in the same roles. */
function canKeepPlaces(before: Scene, options: LayoutOptions, legend: Legend, order: string[]): boolean {
  if (before.options.width !== options.width || before.options.height !== options.height) return false;
  if (before.legend.box.y !== legend.box.y) return false;
  return orderOf(before.places).join() === order.join();
}

function orderOf(places: Places): string[] {
  const names = (role: 'manager' | 'worker') =>
    places.rows.filter((row) => row.role === role).flatMap((row) => row.names);
  return [...names('manager'), '|', ...names('worker')];
}

function nodesByMachine(snapshot: Snapshot): Map<string, NodeView> {
  const byId = new Map(snapshot.nodes.map((node) => [node.id, node]));
  const byName = new Map(snapshot.nodes.map((node) => [node.machine, node]));
  for (const machine of snapshot.machines) {
    const own = machine.nodeId === null ? undefined : byId.get(machine.nodeId);
    if (own) byName.set(machine.name, own);
  }
  return byName;
}

/** Marks of the services; the same map as before while the services are the same rows. */
function marksOf(snapshot: Snapshot, before: Scene | null): Map<string, ServiceMark> {
  if (before !== null && sameIdentities(before.from.services, snapshot.services)) return before.services;
  const monograms = monogramsOf(snapshot.services);
  return new Map(
    snapshot.services.map((service) => [
      service.id,
      {
        serviceId: service.id,
        name: service.name,
        monogram: monograms.get(service.id) ?? '?',
        hueIndex: service.hueIndex,
      },
    ]),
  );
}

function sameIdentities(a: readonly ServiceView[], b: readonly ServiceView[]): boolean {
  return a === b || (a.length === b.length && a.every((service, index) => service.id === b[index]!.id));
}

interface VisibleTasks {
  on: Map<string, VisibleTask[]>;
  waiting: VisibleTask[];
  nextExpiry: Micros | null;
}

/** Tasks to be seen at `now`, by machine, in order of service, slot and age; and those without a place. */
function visibleTasks(
  snapshot: Snapshot,
  nodeOf: Map<string, NodeView>,
  services: Map<string, ServiceMark>,
  now: Micros,
): VisibleTasks {
  const byId = new Map<string, TaskView>();
  for (const task of snapshot.tasks) byId.set(task.id, task);
  const machines = new Map<string, MachineView>();
  for (const machine of snapshot.machines) machines.set(machine.name, machine);
  const on = new Map<string, VisibleTask[]>();
  const waiting: VisibleTask[] = [];
  let nextExpiry: Micros | null = null;
  for (const task of snapshot.tasks) {
    if (!isVisible(task, now)) continue;
    const until = ghostUntil(task);
    if (until !== null && (nextExpiry === null || until < nextExpiry)) nextExpiry = until;
    const successor = task.successor === null ? null : (byId.get(task.successor)?.machine ?? null);
    const service = services.get(task.serviceId ?? '') ?? unknownService(task);
    const machine = task.machine === null ? undefined : machines.get(task.machine);
    const node = task.machine === null ? undefined : nodeOf.get(task.machine);
    const visible = { task, service, look: taskLook(task, machine, node, successor), until };
    if (task.machine === null || machine === undefined) {
      if (!isWantedDown(task) && until === null) waiting.push(visible);
      continue;
    }
    const list = on.get(task.machine);
    if (list) list.push(visible);
    else on.set(task.machine, [visible]);
  }
  for (const list of on.values()) list.sort(byServiceThenSlot);
  waiting.sort(byServiceThenSlot);
  return { on, waiting, nextExpiry };
}

function byServiceThenSlot(a: VisibleTask, b: VisibleTask): number {
  return (
    a.service.hueIndex - b.service.hueIndex ||
    a.task.slot - b.task.slot ||
    a.task.createdAt - b.task.createdAt ||
    (a.task.id < b.task.id ? -1 : 1)
  );
}

function unknownService(task: TaskView): ServiceMark {
  return {
    serviceId: task.serviceId,
    name: task.serviceName,
    monogram: task.serviceName.slice(0, 1) || '?',
    hueIndex: 0,
  };
}

/** The tray hangs in the gap beside the leader; without a leader it stays beside the first manager. */
function layTray(
  waiting: VisibleTask[],
  snapshot: Snapshot,
  places: Places,
  machines: Map<string, MachineMark>,
  options: LayoutOptions,
): TrayMark | null {
  if (waiting.length === 0) return null;
  const home = machines.get(snapshot.quorum?.leader ?? '') ?? machines.get(places.rows[0]?.names[0] ?? '');
  if (!home) return null;
  const zoom = options.zoom;
  const side = places.compact ? 24 : Math.round(Math.min(32, Math.max(18, 32 * Math.min(1, places.unit * zoom))));
  const row = places.rows.find((one) => one.names.includes(home.name))!;
  const isLast = row.names.at(-1) === home.name && row.names.length > 1;
  const gap = places.managerGap * zoom;
  const slope = home.point;
  // Between two hexagons the gap widens towards the foot: there the squares stand, one over the other.
  const pitch = side + 4;
  const room = gap + 2 * slope * 0.7;
  const shown = Math.max(1, Math.min(waiting.length, Math.floor((home.box.h * zoom * 0.42) / pitch)));
  const centreX = (isLast ? home.box.x - gap / zoom / 2 : home.box.x + home.box.w + gap / zoom / 2) * zoom;
  const w = Math.min(Math.max(side + 8, 40), Math.max(side + 4, room));
  const h = shown * pitch + 4;
  const left = Math.max(2, Math.min(options.width * zoom - w - 2, centreX - w / 2));
  const top = (home.box.y + home.box.h) * zoom - h + (places.compact ? 2 : -4);
  const tasks = waiting.slice(0, shown).map((visible, index): TaskMark => {
    const box = { x: (w - side) / 2, y: h - (index + 1) * pitch, w: side, h: side };
    return {
      ref: `task:${visible.task.id}`,
      task: visible.task,
      service: visible.service,
      look: visible.look,
      box,
      label: labelOf(visible, side, options.measure),
      until: null,
    };
  });
  return {
    box: { x: left / zoom, y: top / zoom, w: w / zoom, h: h / zoom },
    tasks,
    more: waiting.length - shown,
    total: waiting.length,
  };
}
