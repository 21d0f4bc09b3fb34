/**
 * The scheduler's receipt for one decision, made ready to read: how many nodes the filters refused and which, and the order of the
 * rest by what swarm compares: recent failures, tasks of this service, tasks in all.
 */
import type { TraceEvent } from '../../protocol/events.ts';

export interface DecisionText {
  /** `5 fit · 2 refused`. */
  summary: string;
  /** Per filter that refused nodes: its name and how many. */
  refusals: [string, number][];
  columns: string[];
  /** The chosen node first; numbers as text. */
  rows: string[][];
  /** Column that decided between the first and the second; null when they are equal in all. */
  decidedBy: number | null;
  /** What else is to be said of it. */
  note: string;
}

/** The receipt of a `scheduler.decision`; null when it has no ranking to show. */
export function readDecision(event: TraceEvent, service = 'its service'): DecisionText | null {
  const data = event.data ?? {};
  if (event.kind !== 'scheduler.decision' || !Array.isArray(data.ranking)) return null;
  const rows = data.ranking.filter(Array.isArray).map((row) => row.map(String));
  const refusals = readRefusals(data.filters);
  const refused = refusals.reduce((sum, [, count]) => sum + count, 0);
  const candidates = typeof data.candidates === 'number' ? data.candidates : rows.length;
  const [first, second] = rows;
  const decidedBy = first && second ? [1, 2, 3].find((column) => first[column] !== second[column]) : undefined;
  return {
    summary:
      refused > 0 ? `${candidates} fit · ${refused} refused` : `${candidates} ${candidates === 1 ? 'fits' : 'fit'}`,
    refusals,
    columns: ['node', 'failures', `${service} here`, 'all tasks'],
    rows,
    decidedBy: decidedBy ?? null,
    note: data.tie === true ? 'A tie goes to chance.' : '',
  };
}

function readRefusals(filters: unknown): [string, number][] {
  if (typeof filters !== 'object' || filters === null) return [];
  return Object.entries(filters).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
}
