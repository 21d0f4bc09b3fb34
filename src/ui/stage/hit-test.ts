/**
 * What lies under the pointer: a quadtree over the centres of squares and machines, smallest first, so that a task wins over the machine it
 * stands in. Boxes are in screen pixels before panning; a change of the scene makes a new index.
 */
import { type Quadtree, quadtree } from 'd3-quadtree';
import type { ObjectRef } from '../../protocol/events.ts';
import type { Scene } from './layout.ts';
import type { Box, Target } from './scene.ts';

export interface HitIndex {
  /** The thing at this point, the smallest first; `slack` widens small things (fingers). */
  at(x: number, y: number, slack?: number): Target | null;
  /** Box of a thing, or null if it is not on the stage. */
  boxOf(ref: ObjectRef): Box | null;
}

/** An index over boxes; later ones of equal size win (they are drawn on top). */
export function indexTargets(targets: readonly Target[]): HitIndex {
  const small = targets.filter(({ box }) => Math.max(box.w, box.h) <= SMALL);
  const large = targets
    .filter(({ box }) => Math.max(box.w, box.h) > SMALL)
    .sort((a, b) => a.box.w * a.box.h - b.box.w * b.box.h);
  const tree: Quadtree<Target> = quadtree<Target>()
    .x(({ box }) => box.x + box.w / 2)
    .y(({ box }) => box.y + box.h / 2)
    .addAll(small);
  const boxes = new Map(targets.map((target) => [target.ref, target.box]));
  return {
    at(x, y, slack = 0) {
      return nearestHolding(tree, x, y, slack) ?? large.find(({ box }) => holds(box, x, y, 0)) ?? null;
    },
    boxOf: (ref) => boxes.get(ref) ?? null,
  };
}

/** Larger things are few and are looked at one by one. */
const SMALL = 200;

function holds(box: Box, x: number, y: number, slack: number): boolean {
  return x >= box.x - slack && x < box.x + box.w + slack && y >= box.y - slack && y < box.y + box.h + slack;
}

/** Of the small boxes that hold the point, the smallest; of equal ones that with the nearest centre. */
function nearestHolding(tree: Quadtree<Target>, x: number, y: number, slack: number): Target | null {
  const reach = SMALL / 2 + slack;
  let best: Target | null = null;
  let bestScore = Number.POSITIVE_INFINITY;
  tree.visit((node, x0, y0, x1, y1) => {
    if (!('length' in node) || node.length === undefined) {
      let leaf: typeof node | undefined = node as { data: Target; next?: typeof node } & typeof node;
      while (leaf && 'data' in leaf) {
        const { box } = leaf.data;
        if (holds(box, x, y, slack)) {
          const away = Math.hypot(x - box.x - box.w / 2, y - box.y - box.h / 2);
          const score = box.w * box.h + away * 0.001 + (holds(box, x, y, 0) ? 0 : 1e6 + away);
          if (score <= bestScore) {
            best = leaf.data;
            bestScore = score;
          }
        }
        leaf = leaf.next as typeof leaf;
      }
    }
    return x0 > x + reach || x1 < x - reach || y0 > y + reach || y1 < y - reach;
  });
  return best;
}

/** All that can be reached in the Cluster lens, in screen pixels before panning. Machines first, so that tasks lie above them. */
export function clusterTargets(scene: Scene): Target[] {
  const zoom = scene.options.zoom;
  const targets: Target[] = [];
  for (const machine of scene.machines) {
    const left = machine.box.x * zoom;
    const top = machine.box.y * zoom;
    targets.push({ ref: machine.ref, box: { x: left, y: top, w: machine.box.w * zoom, h: machine.box.h * zoom } });
    const inside = (box: Box): Box => ({ x: left + box.x, y: top + box.y, w: box.w, h: box.h });
    for (const task of machine.tasks) targets.push({ ref: task.ref, box: inside(task.box) });
    for (const group of machine.groups)
      for (const task of group.marks) targets.push({ ref: task.ref, box: inside(task.box) });
  }
  if (scene.tray) {
    const { box, tasks } = scene.tray;
    for (const task of tasks) {
      targets.push({
        ref: task.ref,
        box: { x: box.x * zoom + task.box.x, y: box.y * zoom + task.box.y, w: task.box.w, h: task.box.h },
      });
    }
  }
  return targets;
}

/** Services in the legend, which does not move with the map. */
export function legendTargets(scene: Scene): Target[] {
  return scene.legend.items.map(({ ref, box }) => ({ ref, box }));
}
