/**
 * What the stage is going to draw, as data: machines at their places, tasks inside them, the tray, the legend. Boxes of machines are
 * in world pixels (the whole world fits the stage at zoom 1); boxes of what is inside a machine are in screen pixels from the
 * machine's upper left corner, so that text keeps its size while the map grows (semantic zoom).
 * A part that did not change since the scene before is the same object: `===` tells what to draw again.
 */
import type { Micros, ObjectRef } from '../../protocol/events.ts';
import type { TaskView } from '../../protocol/snapshot.ts';
import type { MachineFacts } from './machine-facts.ts';
import type { TaskLook } from './task-facts.ts';

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  w: number;
  h: number;
}

/** How much of a machine there is room for: name, words and labelled tasks; name and small tasks; a tile. */
export type Level = 'card' | 'cell' | 'dot';

/** A hue that stands for a service: index into the fills, striped from the seventh on. */
export interface ServiceMark {
  serviceId: string | null;
  name: string;
  monogram: string;
  hueIndex: number;
}

/** One task as a square in its machine (or in the tray). */
export interface TaskMark {
  ref: ObjectRef;
  task: TaskView;
  service: ServiceMark;
  look: TaskLook;
  /** Screen pixels from the machine's corner. */
  box: Box;
  /** Lines in the square: slot and name, or monogram with slot, or nothing when it is too small. */
  label: string[];
  /** When this mark goes away by itself (ghosts). */
  until: Micros | null;
}

/** Words under one square or under neighbours that share them; `span` is centred under those. */
export interface TaskWords {
  text: string;
  x: number;
  y: number;
  /** Half-width of the bracket that ties several squares to one text; 0 for one square. */
  bracket: number;
  refs: ObjectRef[];
}

/** Many tasks of one service in one machine, as a row of dots with a count. */
export interface TaskGroup {
  service: ServiceMark;
  box: Box;
  marks: TaskMark[];
  /** Side of a dot and dots per line; 0 when there is room for the number only. */
  dot: number;
  columns: number;
  label: string;
}

export interface MachineMark {
  ref: ObjectRef;
  name: string;
  facts: MachineFacts;
  shape: 'hexagon' | 'rounded';
  /** World pixels. */
  box: Box;
  /** Depth of a hexagon's points in screen pixels. */
  point: number;
  level: Level;
  /** Size of text and squares against the natural one. */
  unit: number;
  nameText: string;
  nameSize: number;
  nameAt: Point;
  /** Right end of the name: small things (timer, term) come after it. */
  nameEnd: number;
  title: {
    text: string;
    glyph: 'crown' | 'cross' | 'question' | null;
    strong: boolean;
    size: number;
    at: Point;
  } | null;
  foot: { text: string; size: number; at: Point } | null;
  /** Place of the election timer, if this is a manager. */
  timer: { at: Point; radius: number; term: Point | null } | null;
  tasks: TaskMark[];
  words: TaskWords[];
  groups: TaskGroup[];
  /** Where tasks may stand, for the hatch of a dead node to leave free. */
  inner: Box;
}

/** Tasks without a place yet, beside the leader (the scheduler runs only there). */
export interface TrayMark {
  /** World pixels; squares are in screen pixels from its corner. */
  box: Box;
  tasks: TaskMark[];
  /** How many more there are than shown. */
  more: number;
  total: number;
}

export interface LegendItem {
  ref: ObjectRef;
  service: ServiceMark;
  running: number;
  desired: number;
  box: Box;
  swatch: Box;
  nameAt: Point;
  countAt: Point;
  /** Small squares, one per wanted task, or null when there are too many. */
  pips: { at: Point; side: number; pitch: number } | null;
  words: { text: string; at: Point } | null;
  size: number;
  countWeight: number;
}

export interface Legend {
  /** Screen pixels; does not zoom. */
  box: Box;
  items: LegendItem[];
  more: { text: string; at: Point } | null;
}

/** What the pointer or the keyboard can reach. */
export type Target = { ref: ObjectRef; box: Box };
