/**
 * Which shape a message has: shape tells the kind, never hue alone. Raft's own messages are ballots (votes), dots (heartbeats), envelopes
 * (entries), half-discs (replies), crates (snapshots) and triangles (forwarded writes); what agents and managers say to each
 * other has its own shapes. Everything here is data; `draw-message.ts` draws it.
 */
import type { MessageView } from '../../protocol/snapshot.ts';

export type MessageForm =
  | 'ballot'
  | 'beat'
  | 'envelope'
  | 'half-disc'
  | 'crate'
  | 'triangle'
  | 'dot'
  | 'slip'
  | 'flag'
  | 'key'
  | 'chevron';

export interface MessageShape {
  form: MessageForm;
  /** Side or diameter in pixels at natural size. */
  size: number;
  filled: boolean;
  /** Short text in the shape: number of entries. */
  text: string;
  /** Answer of a reply; null when it answers nothing. */
  answer: 'yes' | 'no' | null;
  /** Belongs to Raft: its hue is the term's where terms have hues. */
  raft: boolean;
  /** Says nothing new (heartbeats and their replies): drawn pale. */
  quiet: boolean;
  /** What it is, in words. */
  words: string;
}

type Row = [form: MessageForm, size: number, filled: boolean, words: string];

const table: Record<string, Row> = {
  'raft.vote-request': ['ballot', 15, true, 'vote request'],
  'raft.pre-vote-request': ['ballot', 15, false, 'pre-vote request'],
  'raft.vote-reply': ['half-disc', 17, true, 'vote'],
  'raft.pre-vote-reply': ['half-disc', 17, false, 'pre-vote'],
  'raft.heartbeat': ['beat', 8, false, 'heartbeat of the leader'],
  'raft.heartbeat-reply': ['half-disc', 9, false, 'answer to the heartbeat'],
  'raft.append': ['envelope', 20, true, 'entries'],
  'raft.append-reply': ['half-disc', 13, true, 'answer to entries'],
  'raft.snapshot': ['crate', 17, true, 'snapshot'],
  'raft.snapshot-reply': ['half-disc', 13, true, 'answer to the snapshot'],
  'raft.timeout-now': ['chevron', 13, true, 'lead now'],
  'raft.forward': ['triangle', 14, true, 'forwarded write'],
  'raft.forward-reply': ['half-disc', 12, true, 'answer to the forwarded write'],
  'dispatcher.session': ['key', 11, false, 'session of an agent'],
  'dispatcher.session-reply': ['half-disc', 10, false, 'session opened'],
  'dispatcher.heartbeat': ['dot', 5, true, 'heartbeat of an agent'],
  'dispatcher.heartbeat-reply': ['dot', 4, false, 'answer to an agent'],
  'dispatcher.assignments': ['slip', 14, true, 'assignments'],
  'dispatcher.status': ['flag', 12, true, 'status of tasks'],
  'dispatcher.status-reply': ['half-disc', 9, false, 'status received'],
  'control.request': ['triangle', 12, false, 'request to the leader'],
  'control.reply': ['half-disc', 11, false, 'answer of the leader'],
  'ca.request': ['key', 11, true, 'certificate request'],
  'ca.reply': ['half-disc', 11, false, 'certificate'],
};

const shapes = new Map<string, MessageShape>();

/**
 * Shape of a message; messages that look alike have the same object. A kind not in the table gets the shape of its family, so that
 * nothing is invisible.
 */
export function shapeOf(message: Pick<MessageView, 'kind' | 'note' | 'ok'>): MessageShape {
  const count = message.kind === 'raft.append' ? entryCount(message.note) : '';
  const key = `${message.kind} ${message.ok} ${count}`;
  let shape = shapes.get(key);
  if (!shape) {
    shape = makeShape(message.kind, message.ok, count);
    shapes.set(key, shape);
  }
  return shape;
}

function makeShape(kind: string, ok: boolean | undefined, count: string): MessageShape {
  const isReply = kind.endsWith('reply') || kind.endsWith('response');
  const row: Row = table[kind] ?? [
    isReply ? 'half-disc' : 'dot',
    isReply ? 10 : 7,
    true,
    kind.replaceAll(/[.-]/g, ' '),
  ];
  const [form, size, filled, words] = row;
  return {
    form,
    size,
    filled,
    text: count,
    answer: form === 'half-disc' && ok !== undefined ? (ok ? 'yes' : 'no') : null,
    raft: kind.startsWith('raft.'),
    quiet: kind.includes('heartbeat'),
    words,
  };
}

/** First number of the note: entries carried. */
function entryCount(note: string | undefined): string {
  return /\d+/.exec(note ?? '')?.[0] ?? '';
}

/** A message as a sentence, for hover and the outline. */
export function messageSentence(message: MessageView): string {
  const shape = shapeOf(message);
  const parts = [`${message.from} → ${message.to}: ${shape.words}`];
  if (message.term !== undefined) parts.push(`term ${message.term}`);
  if (shape.answer !== null) parts.push(shape.answer);
  if (message.note) parts.push(message.note);
  if (message.dropped) parts.push(`lost: ${message.dropped.reason}`);
  return parts.join(', ');
}
