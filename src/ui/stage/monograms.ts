/**
 * One or two letters that stand for a service where its name does not fit: unique in the cluster, given out in order of creation,
 * so that a service keeps its letters as long as it lives.
 */
import type { ServiceView } from '../../protocol/snapshot.ts';

/** Monograms by service id. */
export function monogramsOf(services: readonly Pick<ServiceView, 'id' | 'name' | 'hueIndex'>[]): Map<string, string> {
  const taken = new Set<string>();
  const monograms = new Map<string, string>();
  for (const service of [...services].sort((a, b) => a.hueIndex - b.hueIndex)) {
    const monogram = candidates(service.name).find((letters) => !taken.has(letters)) ?? '?';
    taken.add(monogram);
    monograms.set(service.id, monogram);
  }
  return monograms;
}

/** First letter; first letter with each later one; first letter with a letter of the alphabet. A stack's name says nothing of its services. */
function candidates(name: string): string[] {
  const own = name.toLowerCase().replace(/^[^_]+_(?=.*[a-z])/, '');
  const letters = own.replace(/[^a-z]/g, '');
  const first = letters[0] ?? 's';
  const later = [...letters.slice(1)].map((letter) => first + letter);
  const alphabet = [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => first + letter);
  const any = [...'abcdefghijklmnopqrstuvwxyz'].flatMap((one) =>
    [...'abcdefghijklmnopqrstuvwxyz'].map((two) => one + two),
  );
  return [first, ...later, ...alphabet, ...any];
}
