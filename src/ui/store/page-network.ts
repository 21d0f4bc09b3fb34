/**
 * What the page asks of the simulated network: requests of its browser window, with connections that may stay, and load generators.
 * A request has a channel: by it come what the server pushes later and the end of the connection.
 */
import type { CallResult, ConnectCall, LoadOrder } from '../../protocol/network-call.ts';
import { call, onChannel, send } from './worker-client.ts';

/** What a connection that stays tells. */
export interface ChannelListener {
  pushed(body: string): void;
  closed(): void;
}

const listeners = new Map<number, ChannelListener>();
let lastChannel = 0;

/** A request on its way; `close` gives it up, or the connection that it holds. */
export interface OpenRequest {
  /** Null: it was given up. */
  result: Promise<CallResult | null>;
  close(): void;
}

/** Asks from outside the cluster. With a listener, the connection stays after the answer. */
export function openRequest(connect: ConnectCall, listener?: ChannelListener): OpenRequest {
  lastChannel += 1;
  const channel = lastChannel;
  if (listener) listeners.set(channel, listener);
  const asked = call<'browse'>({ call: 'browse', channel, connect: { ...connect, hold: listener !== undefined } });
  return {
    result: asked.then(({ result }) => result),
    close: () => {
      listeners.delete(channel);
      send({ type: 'channel-close', channel });
    },
  };
}

onChannel((message) => {
  const listener = listeners.get(message.channel);
  if (message.type === 'channel-pushed') listener?.pushed(message.body);
  else {
    listeners.delete(message.channel);
    listener?.closed();
  }
});

/** Begins a load generator; resolves to its number. */
export async function startLoad(order: LoadOrder): Promise<number> {
  return (await call<'load-start'>({ call: 'load-start', order })).id;
}

export async function stopLoad(id: number): Promise<void> {
  await call<'load-stop'>({ call: 'load-stop', id });
}
