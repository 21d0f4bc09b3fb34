/**
 * The `filters` parameter: JSON of `{key: [values]}`, or of `{key: {value: true}}` as older clients send it.
 * Source: `moby: api/types/filters/parse.go`. The refusal of an unknown key is spelt as recorded (20.10; newer ones begin in lower case).
 */
import type { Filters } from '../manager/controlapi/control-request.ts';
import type { Failure } from './errors.ts';

export type ParsedFilters =
  | { readonly ok: true; readonly filters: Filters }
  | { readonly ok: false; readonly failure: Failure };

/** Reads filters and refuses keys that the list does not know; `any`: refuses none. */
export function parseFilters(text: string | undefined, accepted: readonly string[] | 'any'): ParsedFilters {
  const given = read(text);
  if (!given) return refuse('invalid filter');
  const filters: Record<string, readonly string[]> = {};
  for (const [key, values] of Object.entries(given)) {
    if (accepted !== 'any' && !accepted.includes(key)) return refuse(`Invalid filter '${key}'`);
    filters[key] = values;
  }
  return { ok: true, filters };
}

function refuse(message: string): ParsedFilters {
  return { ok: false, failure: { status: 400, message } };
}

function read(text: string | undefined): Record<string, string[]> | null {
  if (!text) return {};
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null; // The client's mistake, told to it by the caller.
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  const filters: Record<string, string[]> = {};
  for (const [key, values] of Object.entries(json)) {
    if (typeof values !== 'object' || values === null) return null;
    filters[key] = Array.isArray(values)
      ? values.map(String)
      : Object.entries(values).flatMap(([value, wanted]) => (wanted ? [value] : []));
  }
  return filters;
}

/** Does any of the values asked for match, or was nothing asked for? `filters.Match`: values are substrings or expressions. */
export function matches(filters: Filters, key: string, value: string): boolean {
  const wanted = filters[key];
  if (!wanted?.length) return true;
  return wanted.some((pattern) => pattern === value || matchesExpression(pattern, value));
}

function matchesExpression(pattern: string, value: string): boolean {
  if (/^[\w-]*$/.test(pattern)) return value.includes(pattern);
  try {
    return new RegExp(pattern).test(value);
  } catch {
    return value.includes(pattern); // No expression: taken literally.
  }
}

/** Was this value asked for, or nothing? */
export function exactly(filters: Filters, key: string, value: string): boolean {
  const wanted = filters[key];
  return !wanted?.length || wanted.includes(value);
}

/** Go's `strconv.ParseBool` on a query parameter; what it does not know counts as false. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text);
}
