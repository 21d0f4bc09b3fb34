/**
 * Which flow the Network lens, the hop ledger and the inspector show, and at which hop: the selected flow (`flow:ID`), else the newest one that
 * somebody asked for. At normal speed a flow is over at once, so it stays until another comes, and can be watched again, hop by hop. Stage, dock
 * and inspector read the same step.
 */
import { create } from 'zustand';
import type { ObjectRef } from '../../../protocol/events.ts';
import type { FlowView, Hop, NetworkView } from '../../../protocol/network-view.ts';

interface TraceState {
  /** The step chosen by hand, and the flow it belongs to; another flow begins at its own telling step. */
  flow: number;
  step: number;
  /** The hops are shown one after the other, by themselves. */
  replaying: boolean;
  choose(flow: number, step: number): void;
  /** From the first hop to the last; from the present one if that is not the last. */
  replay(flow: FlowView): void;
  stop(): void;
}

/** So long each hop stands when a flow is shown again. */
const REPLAY_MS = 550;
let timer: ReturnType<typeof setTimeout> | undefined;

export const useTrace = create<TraceState>()((set, get) => ({
  flow: 0,
  step: 0,
  replaying: false,
  choose: (flow, step) => {
    clearTimeout(timer);
    set({ flow, step, replaying: false });
  },
  replay: ({ id, hops }) => {
    clearTimeout(timer);
    const next = () => {
      const { flow, step } = get();
      if (flow !== id || step >= hops.length - 1) return set({ replaying: false });
      set({ step: step + 1 });
      timer = setTimeout(next, REPLAY_MS);
    };
    const { flow, step } = get();
    set({ flow: id, step: flow === id && step < hops.length - 1 ? step : 0, replaying: true });
    timer = setTimeout(next, REPLAY_MS);
  },
  stop: () => {
    clearTimeout(timer);
    set({ replaying: false });
  },
}));

export const flowRef = (flow: Pick<FlowView, 'id'>): ObjectRef => `flow:${flow.id}`;

/** The flow to show: the selected one while it is remembered, else the newest that somebody asked for. */
export function shownFlow(network: NetworkView | undefined, selection: ObjectRef | null): FlowView | null {
  const flows = network?.flows ?? [];
  const selected = selection?.startsWith('flow:') ? Number(selection.slice('flow:'.length)) : null;
  const found = selected === null ? undefined : flows.find((flow) => flow.id === selected);
  return found ?? newestFirst(flows)[0] ?? null;
}

/** Flows with something to tell, the newest first; after each those that programs opened in order to answer it, in their order. */
export function newestFirst(flows: readonly FlowView[]): FlowView[] {
  const told = flows.filter((flow) => flow.hops.length > 0);
  const known = new Set(told.map(({ id }) => id));
  const isRoot = ({ within }: FlowView) => within === null || !known.has(within);
  const children = (id: number): FlowView[] =>
    told
      .filter(({ within }) => within === id)
      .sort((a, b) => a.openedAt - b.openedAt || a.id - b.id)
      .flatMap((flow) => [flow, ...children(flow.id)]);
  const roots = told.filter(isRoot).sort((a, b) => b.openedAt - a.openedAt || b.id - a.id);
  // What somebody asked for comes before what is left of programs' own errands.
  const asked = roots.filter(({ within }) => within === null);
  const rest = roots.filter(({ within }) => within !== null);
  return [...asked, ...rest].flatMap((flow) => [flow, ...children(flow.id)]);
}

/** Index of the hop to show: the one chosen by hand, else the newest while it travels, else the one that tells most. */
export function shownStep(flow: FlowView, trace: Pick<TraceState, 'flow' | 'step'>): number {
  const last = flow.hops.length - 1;
  if (trace.flow === flow.id) return Math.max(0, Math.min(last, trace.step));
  return isOver(flow) ? tellingStep(flow.hops) : last;
}

export const isOver = (flow: Pick<FlowView, 'state'>): boolean => flow.state === 'done' || flow.state === 'failed';

/** Where it was dropped; else where it is on a wire in its capsule; else where the balancer chose; else where it arrived. */
function tellingStep(hops: readonly Hop[]): number {
  const find = (test: (hop: Hop) => boolean) => hops.findIndex((hop) => hop.way === 'out' && test(hop));
  const found = [
    hops.findIndex((hop) => hop.result === 'dropped'),
    find((hop) => hop.room === 'wire' && hop.encapsulation !== undefined),
    find((hop) => hop.room === 'ipvs'),
    find((hop) => hop.result === 'delivered'),
  ].find((index) => index >= 0);
  return found ?? Math.max(0, hops.length - 1);
}
