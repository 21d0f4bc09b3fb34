/**
 * Calls that are made at most once per interval, the last one always. Those that wait can be made at once (`flushThrottled`), so
 * that a script can ask for a page that shows everything said so far.
 */

const waiting = new Set<() => void>();

/** At most one call per interval, with the latest value. `cancel` drops what waits. */
export function throttled<Value>(
  call: (value: Value) => void,
  intervalMs: number,
): { (value: Value): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let latest: Value;
  const run = (): void => {
    cancel();
    call(latest);
  };
  const cancel = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    waiting.delete(run);
  };
  const later = (value: Value): void => {
    latest = value;
    if (timer !== null) return;
    timer = setTimeout(run, intervalMs);
    waiting.add(run);
  };
  return Object.assign(later, { cancel });
}

/** Makes all waiting calls now. */
export function flushThrottled(): void {
  for (const run of [...waiting]) run();
}
