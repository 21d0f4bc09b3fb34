/**
 * Fixed places: managers in the first row or rows, workers below, machines outside the swarm last, each group in the order in which
 * the machines were made. A place depends only on who is a manager and on the size of the stage, never on what runs or fails.
 * Above the managers there is room for the arcs of their messages, between managers and workers a corridor for the rest.
 */
import type { Box } from './scene.ts';

/** Natural size of a card; text and squares have their full size there. */
export const naturalCard = { manager: { w: 304, h: 150 }, worker: { w: 245, h: 150 } } as const;

export interface Places {
  /** World pixels, by machine name. */
  boxes: Map<string, Box>;
  /** Rows from top to bottom, by names. */
  rows: { role: 'manager' | 'worker'; names: string[]; y: number; h: number }[];
  /** Size of text and squares against the natural one, at zoom 1. */
  unit: number;
  /** Free height above the first row, for arcs. */
  arcRoom: number;
  /** Middle of the free strip between managers and workers; null without one of them. */
  corridorY: number | null;
  /** Free width between two managers in a row. */
  managerGap: number;
  workerGap: number;
  compact: boolean;
}

interface Room {
  width: number;
  height: number;
  /** Kept free below the machines. */
  bottom: number;
}

interface Grid {
  managerColumns: number;
  managerRows: number;
  workerColumns: number;
  workerRows: number;
  score: number;
}

/** Below this width of the stage everything is set for a phone. */
export const COMPACT_WIDTH = 600;

/** Places for the machines; `managers` and `others` in their fixed order. */
export function placeMachines(managers: readonly string[], others: readonly string[], room: Room): Places {
  const compact = room.width < COMPACT_WIDTH;
  const pad = compact ? 12 : 20;
  const inner = Math.max(40, room.width - 2 * pad);
  const metrics = spacing(managers.length, others.length, inner, compact);
  const grid = bestGrid(managers.length, others.length, inner, room.height - room.bottom, metrics);
  const gaps = gapHeight(grid, metrics);
  const free = Math.max(8, room.height - room.bottom - metrics.arcRoom - gaps);
  // On a phone the hexagons are narrow, and among hundreds of tiles managers must still be read: so they are higher than the rest.
  const managerShare = isDense(managers.length + others.length) ? 3 : compact ? 1.2 : 1;
  const shares = grid.managerRows * managerShare + grid.workerRows;
  const rowHeight = Math.min(free / Math.max(1, shares), metrics.maxHeight);
  const slack = Math.max(0, free - rowHeight * shares);
  const top = metrics.arcRoom + slack * 0.35;
  const corridor = metrics.corridor + Math.min(slack * 0.3, 40);

  const boxes = new Map<string, Box>();
  const rows: Places['rows'] = [];
  let y = top;
  const lay = (names: readonly string[], columns: number, role: 'manager' | 'worker', gap: number, most: number) => {
    const w = Math.min(most, (inner - gap * (columns - 1)) / Math.max(1, columns));
    const h = role === 'manager' ? rowHeight * managerShare : rowHeight;
    const step = rowStep(inner, columns, w, gap, role === 'manager' && !compact ? 96 : gap);
    for (let start = 0; start < names.length; start += columns) {
      const row = names.slice(start, start + columns);
      const used = step * (columns - 1) + w;
      const left = pad + (inner - used) / 2;
      for (const [column, name] of row.entries()) boxes.set(name, { x: left + column * step, y, w, h });
      rows.push({ role, names: row, y, h });
      y += h + metrics.rowGap;
    }
    return w;
  };
  const managerWidth = lay(managers, grid.managerColumns, 'manager', metrics.managerGap, metrics.maxManager);
  const managersEnd = y - metrics.rowGap;
  if (managers.length > 0 && others.length > 0) y = managersEnd + corridor;
  const workerWidth = lay(others, grid.workerColumns, 'worker', metrics.workerGap, metrics.maxWorker);
  const unit = Math.min(
    rowHeight / naturalCard.worker.h,
    managers.length > 0 ? managerWidth / naturalCard.manager.w : 9,
    others.length > 0 ? workerWidth / naturalCard.worker.w : 9,
  );
  return {
    boxes,
    rows,
    unit: Math.min(1.5, unit),
    arcRoom: top,
    corridorY: managers.length > 0 && others.length > 0 ? managersEnd + corridor / 2 : null,
    managerGap: metrics.managerGap,
    workerGap: metrics.workerGap,
    compact,
  };
}

interface Spacing {
  arcRoom: number;
  corridor: number;
  rowGap: number;
  managerGap: number;
  workerGap: number;
  maxManager: number;
  maxWorker: number;
  maxHeight: number;
}

/** So many machines that most are tiles. */
const isDense = (machines: number): boolean => machines > 120;

function spacing(managers: number, others: number, inner: number, compact: boolean): Spacing {
  const crowded = managers + others > 16;
  const dense = isDense(managers + others);
  const arcRoom = managers > 1 ? (compact ? 26 : crowded ? 30 : 36) : compact ? 10 : 18;
  const managerGap = compact ? 15 : dense ? 6 : managers > 4 || crowded ? 30 : 52;
  return {
    arcRoom: dense ? Math.min(arcRoom, 20) : arcRoom,
    corridor: dense ? 16 : compact ? 20 : crowded ? 30 : 38,
    rowGap: dense ? 3 : compact || crowded ? 8 : 14,
    managerGap,
    workerGap: dense ? 3 : compact ? 6 : crowded ? 8 : 12,
    maxManager: Math.max(330, inner * 0.4),
    maxWorker: Math.max(300, inner * 0.5),
    maxHeight: 236,
  };
}

function gapHeight(grid: Grid, metrics: Spacing): number {
  const managerGaps = Math.max(0, grid.managerRows - 1) * metrics.rowGap;
  const workerGaps = Math.max(0, grid.workerRows - 1) * metrics.rowGap;
  const corridor = grid.managerRows > 0 && grid.workerRows > 0 ? metrics.corridor : 0;
  return managerGaps + workerGaps + corridor;
}

/** The columns and rows that leave the machines the most room, measured against the natural card. */
function bestGrid(managers: number, others: number, inner: number, height: number, metrics: Spacing): Grid {
  let best: Grid | null = null;
  for (let managerRows = managers > 0 ? 1 : 0; managerRows <= Math.min(managers, 4); managerRows++) {
    const managerColumns = managerRows > 0 ? Math.ceil(managers / managerRows) : 0;
    if (managerRows > 0 && Math.ceil(managers / managerColumns) !== managerRows) continue;
    // Managers fill one row, where they talk in arcs, unless they would be too narrow for it.
    if (managerRows > 1 && best !== null && isWideEnough(managerColumns, managerRows, managers, inner, metrics))
      continue;
    for (let workerRows = others > 0 ? 1 : 0; workerRows <= others; workerRows++) {
      const workerColumns = workerRows > 0 ? Math.ceil(others / workerRows) : 0;
      if (workerRows > 0 && Math.ceil(others / workerColumns) !== workerRows) continue;
      const grid = { managerColumns, managerRows, workerColumns, workerRows, score: 0 };
      grid.score = scoreOf(grid, inner, height, metrics);
      if (best === null || grid.score > best.score + 1e-6) best = grid;
    }
  }
  return best ?? { managerColumns: 0, managerRows: 0, workerColumns: 0, workerRows: 0, score: 0 };
}

const NARROWEST_MANAGER = 92;

/** Whether the managers would have had room with one row less. */
function isWideEnough(columns: number, rows: number, managers: number, inner: number, metrics: Spacing): boolean {
  const fewer = Math.max(columns, Math.ceil(managers / (rows - 1)));
  return (inner - metrics.managerGap * (fewer - 1)) / fewer >= NARROWEST_MANAGER;
}

function scoreOf(grid: Grid, inner: number, height: number, metrics: Spacing): number {
  const rows = grid.managerRows + grid.workerRows;
  if (rows === 0) return 0;
  const rowHeight = (height - metrics.arcRoom - gapHeight(grid, metrics)) / rows;
  if (rowHeight <= 0) return rowHeight;
  const widthOf = (columns: number, gap: number) => (inner - gap * (columns - 1)) / columns;
  const fits = [rowHeight / naturalCard.worker.h];
  if (grid.managerRows > 0)
    fits.push(widthOf(grid.managerColumns, metrics.managerGap) / (naturalCard.manager.w * 0.75));
  if (grid.workerRows > 0) fits.push(widthOf(grid.workerColumns, metrics.workerGap) / (naturalCard.worker.w * 0.8));
  // What counts is the tightest side; area breaks ties, so that a row more than needed is not taken.
  const tight = Math.min(1, ...fits);
  const area = fits.reduce((product, fit) => product * Math.min(1.2, Math.max(0.01, fit)), 1);
  return tight + 0.05 * area;
}

/** Distance from one column to the next: machines spread over the row, but not farther apart than `most` allows. */
function rowStep(inner: number, columns: number, w: number, gap: number, most: number): number {
  if (columns < 2) return w;
  const spread = (inner - w) / (columns - 1);
  return Math.min(spread, w + Math.max(gap, most));
}
