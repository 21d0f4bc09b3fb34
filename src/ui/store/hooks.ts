/** Hooks that several panels use. */
import { useEffect, useState } from 'react';
import { throttled } from './throttle.ts';

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
    const later = throttled(() => setValue(read), intervalMs);
    setValue(read);
    const stop = subscribe(() => later(undefined));
    return () => {
      stop();
      later.cancel();
    };
  }, [subscribe, read, intervalMs]);
  return value;
}
