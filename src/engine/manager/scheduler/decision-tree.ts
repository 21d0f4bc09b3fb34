/**
 * The nodes that may take a group of tasks, as a tree: one level per spread preference, one branch per value of its label.
 * Source: `swarmkit: manager/scheduler/nodeset.go`, `decision_tree.go`. Nodes without the label are the branch "".
 */
import { labelValue } from '../constraint/constraint.ts';
import type { NodeInfo } from './node-info.ts';

export interface DecisionTree {
  /** Tasks of the service on all nodes below, whether or not these can take more. */
  tasks: number;
  /** Branches by value; null at a leaf. */
  next: Map<string, DecisionTree> | null;
  /** Leaf: the nodes that can take a task. */
  nodes: NodeInfo[];
  /** Leaf: were the nodes handed out before, so that they have to be asked again. */
  used: boolean;
}

/** Builds the tree from nodes in the given order, which decides between equals. */
export function buildTree(
  nodes: Iterable<NodeInfo>,
  tasksOn: (node: NodeInfo) => number,
  preferences: readonly string[],
  passes: (node: NodeInfo) => boolean,
): DecisionTree {
  const root = branch();
  for (const info of nodes) {
    const serviceTasks = tasksOn(info);
    let tree = root;
    for (const preference of preferences) {
      const value = labelValue(preference, info.node);
      if (value === undefined) continue;
      tree.tasks += serviceTasks;
      tree.next ??= new Map();
      let next = tree.next.get(value);
      if (!next) tree.next.set(value, (next = branch()));
      tree = next;
    }
    tree.tasks += serviceTasks;
    if (passes(info)) tree.nodes.push(info);
  }
  return root;
}

/** The nodes of a leaf that can take a task now, lowest level first; equals stay in the order of the tree. */
export function orderedNodes(
  leaf: DecisionTree,
  passes: (node: NodeInfo) => boolean,
  level: (node: NodeInfo) => number,
): NodeInfo[] {
  if (leaf.used) leaf.nodes = leaf.nodes.filter(passes);
  leaf.used = true;
  return leaf.nodes
    .map((node) => ({ node, level: level(node) }))
    .sort((a, b) => a.level - b.level)
    .map(({ node }) => node);
}

/** One of the nodes of lowest level; `choose(n)` picks one of n equals. */
export function bestNode(
  nodes: readonly NodeInfo[],
  level: (node: NodeInfo) => number,
  choose: (equals: number) => number,
): NodeInfo | undefined {
  let lowest = Number.POSITIVE_INFINITY;
  let equals: NodeInfo[] = [];
  for (const node of nodes) {
    const own = level(node);
    if (own > lowest) continue;
    if (own < lowest) equals = [];
    lowest = own;
    equals.push(node);
  }
  return equals.length > 1 ? equals[choose(equals.length)] : equals[0];
}

/**
 * Divides `count` tasks over the tree so that branches become even, level by level, leaving full branches out.
 * `place` puts tasks on the nodes of a leaf and returns how many it could.
 */
export function spread(
  tree: DecisionTree,
  count: number,
  place: (leaf: DecisionTree, count: number) => number,
): number {
  if (!tree.next) return place(tree, count);
  const full = new Set<DecisionTree>();
  let placed = 0;
  let tasksInUsableBranches = tree.tasks;
  // Ends also when no branch wants more: an uneven tree may leave nothing to even out.
  let converging = true;
  while (placed !== count && full.size !== tree.next.size && converging) {
    const branches = tree.next.size - full.size;
    const total = tasksInUsableBranches + count - placed;
    const perBranch = Math.floor(total / branches);
    let remainder = total % branches;
    converging = false;
    for (const subtree of tree.next.values()) {
      if (full.has(subtree)) continue;
      if (subtree.tasks > perBranch || (subtree.tasks === perBranch && remainder === 0)) continue;
      converging = true;
      const wanted = perBranch - subtree.tasks + (remainder > 0 ? 1 : 0);
      const done = spread(subtree, wanted, place);
      if (done < wanted) {
        full.add(subtree);
        tasksInUsableBranches -= subtree.tasks;
      } else if (remainder > 0) remainder--;
      placed += done;
    }
  }
  return placed;
}

function branch(): DecisionTree {
  return { tasks: 0, next: null, nodes: [], used: false };
}
