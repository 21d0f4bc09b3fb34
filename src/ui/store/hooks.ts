/** Hooks that several panels use. */
import { useEffect, useState } from 'react';

/** Whether a media query holds, now and later. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const update = () => setMatches(list.matches);
    update();
    list.addEventListener('change', update);
    return () => list.removeEventListener('change', update);
  }, [query]);
  return matches;
}

/**
 * A value that changes many times a second, read at most every `intervalMs`: lists of events would otherwise be laid out for
 * every picture.
 */
export function useThrottled<Value>(
  subscribe: (listener: () => void) => () => void,
  read: () => Value,
  intervalMs: number,
): Value {
  const [value, setValue] = useState(read);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const refresh = () => {
      timer = null;
      setValue(read);
    };
    const later = () => {
      timer ??= setTimeout(refresh, intervalMs);
    };
    refresh();
    const stop = subscribe(later);
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [subscribe, read, intervalMs]);
  return value;
}
