/** Reading requests: bodies, and what a query parameter says. */
import type { ApiRequest } from '../../protocol/api.ts';

/** The body as an object; anything else counts as empty, as an absent body does. */
export function bodyOf<T extends object>(request: ApiRequest): Partial<T> {
  const { body } = request;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Partial<T>) : {};
}

/** A number without sign, as versions are; null if it is none. */
export function parseUint(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** Docker's words for a version that is none. `strconv.ParseUint` */
export function badVersion(kind: string, text: string | undefined): string {
  const given = text ?? '';
  return `invalid ${kind} version '${given}': strconv.ParseUint: parsing ${JSON.stringify(given)}: invalid syntax`;
}
