/**
 * What a lesson is: a world to begin with, and steps. Each step says something, has goals that are checked on the world and its
 * history, hints for mistakes, and a solution that "show me" and a test play. Any way to reach the goals counts.
 */
import type { Fault } from '../../protocol/faults.ts';
import type { Start } from '../../protocol/start.ts';
import type { Check } from './check.ts';

export interface Chapter {
  id: string;
  title: string;
  lessons: readonly Lesson[];
}

export interface Lesson {
  id: string;
  title: string;
  /** One line for the chooser. */
  about: string;
  start: Start;
  /** Played before the learner begins: what `start` alone cannot say. */
  setup?: readonly string[];
  lens?: 'cluster' | 'raft' | 'network';
  steps: readonly Step[];
}

export interface Step {
  title: string;
  /**
   * Paragraphs. `code` in backquotes; in brackets what a button does: `[node1: docker node ls]` types a command, `[!power-off node1]` is a
   * fault, `[wait 30]` lets seconds pass.
   */
  text: readonly string[];
  /** All at once: done. A step without goals is read. */
  goals?: readonly Goal[];
  hints?: readonly Hint[];
  predict?: Prediction;
  /** Moves, written as the buttons are. Absent: the buttons of the text, in their order. */
  solution?: readonly string[];
  /** Moments at which this step begins with another look. */
  lens?: Lesson['lens'];
}

export interface Goal {
  say: string;
  check: Check;
}

/** Said while its check holds and the step is not done: the first one that fits. */
export interface Hint {
  when: Check;
  say: string;
}

/** Asked before the step, answered by what happens. */
export interface Prediction {
  question: string;
  answers: readonly string[];
  /** Index of the right one. */
  right: number;
  /** Said when the step is done. */
  because: string;
}

/** What stands in a command for a secret of this very swarm: whoever runs it asks a manager for it. */
export const joinTokens = { '{{worker-token}}': 'Worker', '{{manager-token}}': 'Manager' } as const;

/** What a button or a solution does. */
export type Move =
  | { kind: 'command'; host: string; command: string }
  | { kind: 'fault'; fault: Fault; words: string }
  | { kind: 'wait'; seconds: number };

/** Part of a paragraph. */
export type Piece = { kind: 'text' | 'code'; text: string } | { kind: 'move'; move: Move };

const pieces = /`([^`]+)`|\[([^\]]+)\]/g;

/** A paragraph taken apart. */
export function piecesOf(paragraph: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const match of paragraph.matchAll(pieces)) {
    if (match.index > at) found.push({ kind: 'text', text: paragraph.slice(at, match.index) });
    if (match[1] !== undefined) found.push({ kind: 'code', text: match[1] });
    else found.push({ kind: 'move', move: moveOf(match[2]!) });
    at = match.index + match[0].length;
  }
  if (at < paragraph.length) found.push({ kind: 'text', text: paragraph.slice(at) });
  return found;
}

/** The moves that solve a step. */
export function solutionOf(step: Step): Move[] {
  if (step.solution) return step.solution.map(moveOf);
  return step.text.flatMap(piecesOf).flatMap((piece) => (piece.kind === 'move' ? [piece.move] : []));
}

/** Reads `node1: docker node ls`, `!power-off node1` or `wait 30`. Throws on anything else: lessons are ours. */
export function moveOf(text: string): Move {
  const wait = /^wait (\d+)$/.exec(text);
  if (wait) return { kind: 'wait', seconds: Number(wait[1]) };
  if (text.startsWith('!')) return { kind: 'fault', fault: faultOf(text.slice(1)), words: faultWords(text.slice(1)) };
  const command = /^(\w+): (.+)$/s.exec(text);
  if (!command) throw new Error(`no move: ${text}`);
  return { kind: 'command', host: command[1]!, command: command[2]! };
}

const plainFaults = {
  'power-off': 'Cut the power of',
  'power-on': 'Give power to',
  'daemon-stop': 'Stop the daemon of',
  'daemon-start': 'Start the daemon of',
  'cable-cut': 'Pull the cable of',
  'cable-mend': 'Plug in the cable of',
} as const;
type PlainFault = keyof typeof plainFaults;

function faultOf(words: string): Fault {
  const [kind = '', machine = '', port = ''] = words.split(' ');
  if (kind in plainFaults) return { kind: kind as PlainFault, machine };
  const [number, protocol] = port.split('/');
  if ((kind === 'port-close' || kind === 'port-open') && (protocol === 'tcp' || protocol === 'udp'))
    return { kind, machine, port: Number(number), protocol };
  throw new Error(`no fault: ${words}`);
}

function faultWords(words: string): string {
  const [kind = '', machine = '', port = ''] = words.split(' ');
  if (kind in plainFaults) return `${plainFaults[kind as PlainFault]} ${machine}`;
  return `${kind === 'port-close' ? 'Close' : 'Open'} ${port} on ${machine}`;
}
