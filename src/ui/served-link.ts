/**
 * The page's line to a cluster that `npm run serve` runs: the messages that otherwise go to the worker, over a WebSocket. The server
 * marks its page, and says by itself what the world is.
 */
import type { WorkerMessage } from '../protocol/worker-messages.ts';
import type { WorldLink } from './store/worker-client.ts';

/** Where the served cluster is; null: the page runs its own. */
export function servedSession(): string | null {
  const mark = document.querySelector<HTMLMetaElement>('meta[name="swarmscope-session"]');
  if (!mark) return null;
  const url = new URL(mark.content, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** Connects; messages that are sent before the line stands wait for it. */
export function connectServed(url: string, onBroken: (message: string) => void): WorldLink {
  const socket = new WebSocket(url);
  const waiting: string[] = [];
  const link: WorldLink = {
    postMessage: (message) => {
      const text = JSON.stringify(message);
      if (socket.readyState === WebSocket.CONNECTING) waiting.push(text);
      else socket.send(text);
    },
    onmessage: null,
  };
  socket.onopen = () => {
    for (const text of waiting.splice(0)) socket.send(text);
  };
  socket.onmessage = (event: MessageEvent<string>) =>
    link.onmessage?.({ data: JSON.parse(event.data) as WorkerMessage });
  socket.onclose = () => onBroken('The server that runs this cluster no longer answers.');
  return link;
}
