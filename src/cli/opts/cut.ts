/** Texts of two parts. Source: Go `strings.Cut`, which every option parser of docker is built on. */

/** The text before and after the first `separator`; `rest` is null if there is none. */
export function cut(text: string, separator: string): { head: string; rest: string | null } {
  const at = text.indexOf(separator);
  return at < 0 ? { head: text, rest: null } : { head: text.slice(0, at), rest: text.slice(at + separator.length) };
}
