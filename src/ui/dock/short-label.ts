/** The few words that stand beside an event on the timeline; the sentence is in the hint and in the inspector. */
import type { TraceEvent } from '../../protocol/events.ts';
import type { Names } from '../narrator/facts.ts';
import { sentenceOf } from '../narrator/sentences.ts';

const longest = 38;

export function shortLabel(event: TraceEvent, names: Names): string {
  const text = wordsOf(event, names).replace(/\.$/, '');
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function wordsOf(event: TraceEvent, names: Names): string {
  const data = event.data ?? {};
  if (event.kind === 'input.fault') {
    const fault = String(data.kind ?? '').replaceAll('-', ' ');
    const host = data.machine ?? data.host ?? event.machine ?? data.from ?? '';
    return `${fault}: ${host}`;
  }
  if (event.kind.startsWith('input.')) {
    if (typeof data.command === 'string') return data.command;
    return sentenceOf(event, names).lead.replace(/^You (ask .+?: )?/, '');
  }
  return sentenceOf(event, names).lead;
}
