/** A scheduler's explanation taken apart for display: a list of rows becomes a table, everything else pairs of words. */
import type { TraceEvent } from '../../protocol/events.ts';

export interface DecisionText {
  columns: string[];
  rows: string[][];
  pairs: [string, string][];
}

export function readDecision(event: TraceEvent): DecisionText {
  const explanation = event.data?.explanation;
  const result: DecisionText = { columns: [], rows: [], pairs: [] };
  if (Array.isArray(explanation)) readTable(explanation, result);
  else if (isRecord(explanation)) {
    for (const [name, value] of Object.entries(explanation)) {
      if (Array.isArray(value) && value.some(isRecord)) readTable(value, result);
      else if (value !== null && value !== undefined) result.pairs.push([words(name), cellText(value)]);
    }
  }
  return result;
}

function readTable(list: readonly unknown[], result: DecisionText): void {
  const records = list.filter(isRecord);
  if (records.length === 0) {
    result.pairs.push(...list.map((value, index): [string, string] => [String(index + 1), cellText(value)]));
    return;
  }
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
  result.columns = keys.map(words);
  result.rows = records.map((record) => keys.map((key) => cellText(record[key])));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `serviceTasks` -> `service tasks`. */
function words(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (value === true) return '✓';
  if (value === false) return '✕';
  if (Array.isArray(value)) return value.map(cellText).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
