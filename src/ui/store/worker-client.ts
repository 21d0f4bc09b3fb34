/**
 * The page's end of the line to the world: calls with answers, messages without, and what the worker says of itself into the
 * store. After each picture that has been drawn it tells the worker, which only then sends the next: a slow page gets fewer
 * pictures, never a queue of old ones.
 */
import type { ObjectRef, TraceEvent } from '../../protocol/events.ts';
import type { Fault, FaultResult } from '../../protocol/faults.ts';
import type { Start } from '../../protocol/start.ts';
import type { PageCall, PageCallResult, PageMessage, WorkerMessage } from '../../protocol/worker-messages.ts';
import { usePanels } from './panels.ts';
import { type TimeWish, useWorld } from './world.ts';

/** What the client needs of a worker; a stand-in for tests has the same. */
export interface WorldLink {
  postMessage(message: PageMessage): void;
  onmessage: ((event: { data: WorkerMessage }) => void) | null;
}

type ResultOf<Kind extends PageCall['call']> = Extract<PageCallResult, { call: Kind }>;
type CallOf<Kind extends PageCall['call']> = Extract<PageCall, { call: Kind }>;

interface Pending {
  resolve(result: PageCallResult): void;
  reject(error: Error): void;
}

let link: WorldLink | null = null;
/** Said before the page was on the line. */
let unsent: PageMessage[] = [];
let lastCall = 0;
const pending = new Map<number, Pending>();
const terminalListeners = new Set<(host: string, data: string) => void>();

type ChannelMessage = Extract<WorkerMessage, { type: `channel-${string}` }>;
let channelListener: (message: ChannelMessage) => void = () => {};

let sessionListener: (result: ResultOf<'open'>) => void = () => {};

/** Who hears that a session has been opened, or could not be. */
export function onSession(listener: (result: ResultOf<'open'>) => void): void {
  sessionListener = listener;
}

/** Puts the page on the line, and takes what was said there already. Called once, before anything is rendered. */
export function connectWorld(to: WorldLink, early: readonly WorkerMessage[] = []): void {
  link = to;
  link.onmessage = (event) => receive(event.data);
  for (const message of early) receive(message);
  for (const message of unsent) link.postMessage(message);
  unsent = [];
}

/** A message without an answer. */
export function send(message: PageMessage): void {
  if (link) link.postMessage(message);
  else unsent.push(message);
}

/** A call with an answer; rejects when the worker could not do it. */
export function call<Kind extends PageCall['call']>(request: CallOf<Kind>): Promise<ResultOf<Kind>> {
  return new Promise((resolve, reject) => {
    lastCall += 1;
    pending.set(lastCall, { resolve: (result) => resolve(result as ResultOf<Kind>), reject });
    send({ type: 'call', id: lastCall, call: request });
  });
}

/** Begins another world. Resolves when its first picture is in the store. */
export async function loadStart(start: Start | string): Promise<void> {
  await call<'load'>({ call: 'load', start });
}

/** Makes something go wrong, or right again. */
export async function causeFault(fault: Fault): Promise<FaultResult> {
  return (await call<'fault'>({ call: 'fault', fault })).result;
}

/** Asks the worker to pause, play or change the pace. */
export function askTime(wish: TimeWish): void {
  useWorld.getState().wishTime(wish);
  send({ type: 'time', ...wish });
}

/** Events as the worker keeps them: older than what the page remembers, or only those about one object. */
export async function fetchEvents(query: { from?: number; limit?: number; object?: ObjectRef }): Promise<TraceEvent[]> {
  return (await call<'events'>({ call: 'events', ...query })).events;
}

/** Bytes for a host's terminal. Returns the way to stop listening. */
export function onTerminalOutput(listener: (host: string, data: string) => void): () => void {
  terminalListeners.add(listener);
  return () => terminalListeners.delete(listener);
}

const commandListeners = new Set<(host: string, command: string) => void>();

/** Command lines as they are run. Returns the way to stop listening. */
export function onCommandRun(listener: (host: string, command: string) => void): () => void {
  commandListeners.add(listener);
  return () => commandListeners.delete(listener);
}

/** Who hears of connections of the browser window. */
export function onChannel(listener: (message: ChannelMessage) => void): void {
  channelListener = listener;
}

function receive(message: WorkerMessage): void {
  const world = useWorld.getState();
  switch (message.type) {
    case 'result':
      if (message.result.call === 'open') sessionListener(message.result);
      settle(message.id)?.resolve(message.result);
      return;
    case 'failed':
      // The first world is asked for before there is a page that waits for it.
      if (message.id === 0) world.crashed(message.message, '');
      settle(message.id)?.reject(new Error(message.message));
      return;
    case 'world':
      world.loadWorld(message.snapshot, message.time, message.start);
      void fetchHistory(useWorld.getState().worldNumber, message.snapshot.eventCount);
      return;
    case 'delta':
      world.applyDelta(message.delta, message.events, message.time);
      confirmDrawn(message.sequence);
      return;
    case 'branches':
      world.showBranch(message.branches, message.current, message.keep, message.events);
      return;
    case 'stopped':
      world.stoppedAt(message.condition, message.event);
      return;
    case 'terminal-output':
      for (const listener of terminalListeners) listener(message.host, message.data);
      return;
    case 'ran':
      for (const listener of commandListeners) listener(message.host, message.command);
      return;
    case 'opening':
      usePanels.getState().set({ opening: message.share });
      return;
    case 'channel-pushed':
    case 'channel-closed':
      channelListener(message);
      return;
    case 'crashed':
      world.crashed(message.message, message.session);
      // A world that has stopped answers nothing more.
      for (const waiting of pending.values()) waiting.reject(new Error(message.message));
      pending.clear();
      return;
  }
}

/** How much of what happened before is fetched: enough for the timeline's first look. */
const historyLimit = 4000;

async function fetchHistory(worldNumber: number, eventCount: number): Promise<void> {
  const events = await fetchEvents({ from: Math.max(0, eventCount - historyLimit), limit: historyLimit });
  useWorld.getState().addOlderEvents(worldNumber, events);
}

function settle(id: number): Pending | undefined {
  const waiting = pending.get(id);
  pending.delete(id);
  return waiting;
}

/** Pictures come at most so often; between them `virtualNow()` carries the motion on. */
const pictureMs = 30;
let lastConfirmed = 0;
let drawnSequence = 0;
let confirming = false;
/** A page nobody looks at has no frames; it still wants a picture now and then. */
const HIDDEN_PAGE_MS = 250;

function confirmDrawn(sequence: number): void {
  drawnSequence = sequence;
  if (confirming) return;
  confirming = true;
  const confirm = () => {
    const wait = lastConfirmed + pictureMs - performance.now();
    if (wait > 4 && !document.hidden) {
      setTimeout(confirm, wait);
      return;
    }
    confirming = false;
    lastConfirmed = performance.now();
    send({ type: 'drawn', sequence: drawnSequence });
  };
  if (document.hidden) setTimeout(confirm, HIDDEN_PAGE_MS);
  else requestAnimationFrame(confirm);
}
