/** Outcome of turning what a client sent into a spec: the spec, or docker's words for what is wrong (always status 400). */
export type Conversion<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

export function converted<T>(value: T): Conversion<T> {
  return { ok: true, value };
}

/** What the client sent makes no spec. */
export function unfit(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}
