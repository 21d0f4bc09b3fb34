/** A word of the API for people: `reachable` as `Reachable`. Source: `docker/cli: formatter/displayutils.go` (`PrettyPrint`). */
export function capitalize(word: string | undefined): string {
  if (!word) return '';
  return word.length === 1 ? word.toLowerCase() : word[0]!.toUpperCase() + word.slice(1).toLowerCase();
}
