/** One turn of the worker's event loop: when it is over, every promise that could go on has gone on. */

/** A function that resolves after a turn. A message comes at once, where `setTimeout` would wait milliseconds. */
export function createMessageTurn(): () => Promise<void> {
  const channel = new MessageChannel();
  const waiting: (() => void)[] = [];
  channel.port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    });
}
