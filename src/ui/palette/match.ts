/** How well words fit what somebody types: each word typed must be found; beginnings of words count most, shorter texts first. */

/** Higher is better; 0: it does not fit. */
export function fitness(text: string, query: string): number {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return 1;
  const found = text.toLowerCase();
  let score = 0;
  for (const word of wanted) {
    const at = found.indexOf(word);
    if (at < 0) return 0;
    score += at === 0 ? 8 : isBeginning(found, at) || isBeginning(found, found.indexOf(` ${word}`) + 1) ? 5 : 1;
  }
  return score / wanted.length + 1 / (1 + text.length / 20);
}

const isBeginning = (text: string, at: number): boolean => at > 0 && /[\s.:/-]/.test(text[at - 1] ?? '');

/** The best fits, best first; of equals, those that came first. */
export function bestFits<Entry>(
  entries: readonly Entry[],
  textOf: (entry: Entry) => string,
  query: string,
  most: number,
): Entry[] {
  return entries
    .map((entry, order) => ({ entry, order, score: fitness(textOf(entry), query) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .slice(0, most)
    .map(({ entry }) => entry);
}
