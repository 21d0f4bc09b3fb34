/**
 * A machine in words: what its host is doing (power, cable, daemon) and what the swarm believes of its node (role, state,
 * availability, reachability), kept apart because they may differ. The canvas, the outline and the tests read the same words.
 */
import type { MachineView, NodeView } from '../../protocol/snapshot.ts';
import { timeText } from '../narrator/time-text.ts';

/** Glyph beside the title: state is never told by colour. */
export type TitleGlyph = 'crown' | 'cross' | 'question' | null;

export interface MachineFacts {
  /** Whether its shape is that of a manager. */
  role: 'manager' | 'worker' | null;
  leads: boolean;
  candidate: boolean;
  /** The swarm has marked it down: hatch and cross. */
  down: boolean;
  /** The host has power and a running daemon. */
  alive: boolean;
  power: boolean;
  cable: boolean;
  /** Raft term it is in; null when it runs no Raft. */
  term: number | null;
  /** Most important word, at the upper right. */
  title: { text: string; glyph: TitleGlyph; strong: boolean };
  /** The other facts, most important first. */
  notes: string[];
  /** All of it for a reader of the outline. */
  sentence: string;
}

/** Reads the facts off the host's row and the node's row. */
export function machineFacts(machine: MachineView, node: NodeView | undefined): MachineFacts {
  const role = machine.role ?? (machine.swarm === 'inactive' ? null : (node?.role ?? null));
  const alive = machine.power && machine.daemon === 'running';
  const down = node?.state === 'down' && role !== null;
  const leads = machine.isLeader && alive;
  const candidate = alive && machine.raft?.role === 'candidate';
  const titles = titleCandidates(machine, node, { role, down, leads, candidate });
  const title = titles[0] ?? { text: '', glyph: null, strong: false };
  const rest = titles.slice(1).filter((other) => other.strong);
  const notes = [...hostNotes(machine, down), ...rest.map((other) => other.text)];
  return {
    role,
    leads,
    candidate,
    down,
    alive,
    power: machine.power,
    cable: machine.cable,
    term: alive && machine.raft ? machine.raft.term : null,
    title,
    notes,
    sentence: sentenceOf(machine, role, title.text, notes),
  };
}

type Title = MachineFacts['title'];

function titleCandidates(
  machine: MachineView,
  node: NodeView | undefined,
  is: { role: 'manager' | 'worker' | null; down: boolean; leads: boolean; candidate: boolean },
): Title[] {
  const titles: Title[] = [];
  const add = (text: string, glyph: TitleGlyph = null, strong = true) => titles.push({ text, glyph, strong });
  if (is.role === null) {
    add(swarmWords[machine.swarm], null, false);
    return titles;
  }
  if (is.down) add('Down', 'cross');
  if (is.leads) add('Leader', 'crown');
  if (is.candidate) add('Candidate', 'question');
  if (node?.state === 'unknown') add('Unknown', 'question');
  if (node?.state === 'disconnected') add('Disconnected');
  if (node?.manager?.reachability === 'unreachable' && is.role === 'manager') add('Unreachable');
  if (node?.availability === 'drain') add('Drain');
  if (node?.availability === 'pause') add('Pause');
  if (machine.swarm === 'pending' || machine.swarm === 'locked' || machine.swarm === 'error')
    add(swarmWords[machine.swarm]);
  add(is.role, null, false);
  return titles;
}

const swarmWords: Record<MachineView['swarm'], string> = {
  inactive: 'not in a swarm',
  pending: 'joining',
  active: 'active',
  error: 'swarm error',
  locked: 'locked',
};

/** Facts of the host itself. */
function hostNotes(machine: MachineView, down: boolean): string[] {
  const notes: string[] = [];
  if (!machine.power) {
    notes.push(machine.downSince === null ? 'no power' : `no power since ${timeText(machine.downSince)}`);
  } else if (machine.daemon !== 'running') {
    notes.push(`daemon ${machine.daemon}`);
  }
  if (!machine.cable) notes.push('cable cut');
  if (down && machine.power && machine.containers.some((container) => container.state === 'running')) {
    notes.push('containers run on');
  }
  const { paused, diskFull, diskSync, clockRate, clockOffset } = machine.troubles ?? {};
  if (paused) notes.push('daemon paused');
  if (diskFull) notes.push('disk full');
  if (diskSync) notes.push(`disk slow: ${diskSync} ms`);
  if (clockRate) notes.push(`clock ×${clockRate}`);
  if (clockOffset) notes.push(`clock ${clockOffset > 0 ? '+' : '−'}${Math.abs(clockOffset)} s`);
  for (const { port, protocol } of machine.closedPorts) notes.push(`${port}/${protocol} closed`);
  return notes;
}

function sentenceOf(machine: MachineView, role: string | null, title: string, notes: string[]): string {
  const parts = [machine.name, role ?? 'host'];
  if (title && title !== role) parts.push(title);
  parts.push(...notes);
  if (machine.raft && machine.power) parts.push(`term ${machine.raft.term}`);
  return parts.join(', ');
}

/** `node12` beside its sisters is `12`; any other name stays whole. */
export function shortMachineName(name: string): string {
  return /^[a-z]+(\d+)$/.exec(name)?.[1] ?? name;
}
