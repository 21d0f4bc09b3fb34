/**
 * What the page holds: the last whole picture of the world, the state of its time, and the page's own view of it (lens,
 * selection, theme). Facts come from the worker only (`worker-client.ts`); nothing is worked out here.
 */
import { create } from 'zustand';
import type { EventId, Micros, ObjectRef, TraceEvent } from '../../protocol/events.ts';
import type { Snapshot, SnapshotDelta } from '../../protocol/snapshot.ts';
import type { Start } from '../../protocol/start.ts';
import type { BranchView, TimeState } from '../../protocol/worker-messages.ts';
import type { Theme } from '../look/palette.ts';
import { applyDelta } from './apply-delta.ts';
import { appendEvents, createEventLog, type EventLog, eventsUpTo, prependEvents, replaceEvents } from './event-log.ts';
import { noteTime, resetVirtualNow } from './virtual-now.ts';

export type Lens = 'cluster' | 'raft' | 'network' | 'orchestration';

/** The world has stopped: what went wrong, and the session to replay it with. */
export interface Crash {
  message: string;
  session: string;
  seed: number;
  at: Micros;
}

/** What the page asks of time. */
export type TimeWish = Partial<Pick<TimeState, 'playing' | 'speed' | 'autoSlow'>>;

/** An open context menu: on which thing and where on the page. */
export interface OpenMenu {
  ref: ObjectRef;
  x: number;
  y: number;
}

export interface WorldState {
  /** Always whole; null until the first picture. Rows are immutable. */
  snapshot: Snapshot | null;
  start: Start | null;
  time: TimeState;
  /** Asked of time and not confirmed by the worker yet: controls show it at once, and a second press builds on the first. */
  wish: TimeWish;
  /** Edited in place; `eventsVersion` changes with it. */
  events: EventLog;
  eventsVersion: number;
  /** The world's courses; the first one is all there is until somebody acts at an earlier moment. */
  branches: readonly BranchView[];
  branch: number;
  /** Conditions at which time stops, in words, and the one that has stopped it. */
  stops: readonly string[];
  stopped: { condition: string; event: TraceEvent } | null;
  /** Counts the worlds loaded: views that keep things per host start anew when it changes. */
  worldNumber: number;
  crash: Crash | null;

  lens: Lens;
  selection: ObjectRef | null;
  hover: ObjectRef | null;
  theme: Theme;
  menu: OpenMenu | null;

  /** A new world (or the same one anew). */
  loadWorld(snapshot: Snapshot, time: TimeState, start: Start): void;
  applyDelta(delta: SnapshotDelta, events: TraceEvent[], time: TimeState): void;
  wishTime(wish: TimeWish): void;
  setStops(stops: readonly string[]): void;
  stoppedAt(condition: string, event: TraceEvent): void;
  /** Another branch is shown: events after `keep` are its own. */
  showBranch(branches: readonly BranchView[], branch: number, keep: EventId, events: readonly TraceEvent[]): void;
  /** Events from before this world was first heard of. */
  addOlderEvents(worldNumber: number, events: TraceEvent[]): void;
  crashed(message: string, session: string): void;
  setLens(lens: Lens): void;
  select(ref: ObjectRef | null): void;
  setHover(ref: ObjectRef | null): void;
  setTheme(theme: Theme): void;
  openMenu(ref: ObjectRef, x: number, y: number): void;
  closeMenu(): void;
}

const timeAtStart: TimeState = { now: 0, playing: true, speed: 1, rate: 1, slowed: null, autoSlow: true, newest: null };

export const useWorld = create<WorldState>()((set, get) => ({
  snapshot: null,
  start: null,
  time: timeAtStart,
  wish: {},
  events: createEventLog(),
  eventsVersion: 0,
  branches: [],
  branch: 1,
  stops: [],
  stopped: null,
  worldNumber: 0,
  crash: null,
  lens: 'cluster',
  selection: null,
  hover: null,
  theme: 'dark',
  menu: null,

  loadWorld(snapshot, time, start) {
    resetVirtualNow(time);
    set((state) => ({
      snapshot,
      time,
      start,
      wish: {},
      events: createEventLog(),
      eventsVersion: state.eventsVersion + 1,
      branches: [],
      branch: 1,
      stopped: null,
      worldNumber: state.worldNumber + 1,
      crash: null,
      selection: null,
      hover: null,
      menu: null,
    }));
  },
  applyDelta(delta, events, time) {
    const { snapshot, events: log } = get();
    if (!snapshot) return;
    noteTime(time);
    appendEvents(log, events);
    set((state) => ({
      snapshot: applyDelta(snapshot, delta),
      time: sameTimeState(state.time, time) ? state.time : time,
      stopped: state.stopped?.event.at === delta.now && !time.playing ? state.stopped : null,
      wish: unconfirmed(state.wish, time),
      eventsVersion: events.length > 0 ? state.eventsVersion + 1 : state.eventsVersion,
    }));
  },
  showBranch(branches, branch, keep, events) {
    replaceEvents(get().events, keep, events);
    set((state) => ({ branches, branch, eventsVersion: state.eventsVersion + 1 }));
  },
  setStops: (stops) => set({ stops }),
  stoppedAt: (condition, event) => set({ stopped: { condition, event }, selection: `event:${event.id}` }),
  wishTime: (wish) => set((state) => ({ wish: { ...state.wish, ...wish } })),
  addOlderEvents(worldNumber, older) {
    const { events, worldNumber: current } = get();
    if (worldNumber !== current) return;
    prependEvents(events, older);
    set((state) => ({ eventsVersion: state.eventsVersion + 1 }));
  },
  crashed(message, session) {
    const { snapshot } = get();
    set({ crash: { message, session, seed: snapshot?.seed ?? 0, at: snapshot?.now ?? 0 } });
  },
  setLens: (lens) => set({ lens }),
  select: (selection) => set({ selection }),
  setHover: (hover) => {
    if (get().hover !== hover) set({ hover });
  },
  setTheme: (theme) => set({ theme }),
  openMenu: (ref, x, y) => set({ menu: { ref, x, y }, selection: ref }),
  closeMenu: () => set({ menu: null }),
}));

/** Calls back when there are new events, or other ones: another world, another moment. */
export function subscribeToEvents(listener: () => void): () => void {
  return useWorld.subscribe((state, before) => {
    const isElsewhere = isPast(state) !== isPast(before) || (isPast(state) && lastEvent(state) !== lastEvent(before));
    if (state.eventsVersion !== before.eventsVersion || state.worldNumber !== before.worldNumber || isElsewhere)
      listener();
  });
}

/** Is an earlier moment shown? */
export function isPast({ time }: Pick<WorldState, 'time'>): boolean {
  return time.newest !== null;
}

const lastEvent = ({ snapshot }: Pick<WorldState, 'snapshot'>): EventId => snapshot?.eventCount ?? 0;

/** The events that have happened at the moment that is shown, as far as the page remembers them. */
export function eventsShown(state: Pick<WorldState, 'time' | 'snapshot' | 'events'>): readonly TraceEvent[] {
  const { list } = state.events;
  return isPast(state) ? eventsUpTo(list, lastEvent(state)) : list;
}

/** Time as the controls show it: confirmed, or as it has just been asked for. */
export function wantedTime({ time, wish }: Pick<WorldState, 'time' | 'wish'>): Required<TimeWish> {
  return { playing: time.playing, speed: time.speed, autoSlow: time.autoSlow, ...wish };
}

/** What is left of a wish, given what is so. */
function unconfirmed(wish: TimeWish, time: TimeState): TimeWish {
  const names = Object.keys(wish) as (keyof TimeWish)[];
  if (names.length === 0) return wish;
  return Object.fromEntries(names.filter((name) => wish[name] !== time[name]).map((name) => [name, wish[name]]));
}

/** Only `now` differs: whoever shows the running clock asks `virtualNow()`. */
function sameTimeState(a: TimeState, b: TimeState): boolean {
  return (
    a.playing === b.playing &&
    a.speed === b.speed &&
    a.rate === b.rate &&
    a.slowed === b.slowed &&
    a.autoSlow === b.autoSlow &&
    a.newest === b.newest &&
    (b.playing || a.now === b.now)
  );
}
