/** What came of reading a text: a value, or the reason why there is none. */

/** A value made from text, or why not, in Go's words. */
export type ParseResult<T> = { ok: true; value: T } | { ok: false; message: string };

/** Shorthand for a good result. */
export function parsed<T>(value: T): ParseResult<T> {
  return { ok: true, value };
}

/** Shorthand for a bad result. */
export function unparsable(message: string): { ok: false; message: string } {
  return { ok: false, message };
}
