/** Labels of a secret or a config for people, one a line, by name; nothing if there are none. */
export function prettyLabels(labels: Readonly<Record<string, string>> | null | undefined): string[] {
  const names = Object.keys(labels ?? {}).sort();
  if (names.length === 0) return [];
  return ['Labels:', ...names.map((name) => ` - ${name}${labels![name] ? `=${labels![name]}` : ''}`)];
}
