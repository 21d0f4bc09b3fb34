/**
 * Which flow the Network lens, the hop ledger and the inspector show, and at which hop: the selected flow (`flow:ID`), else the newest one that is
 * watched. At normal speed a flow is over at once, so it stays until another comes. Stage, dock and inspector read the same step.
 */
import { create } from 'zustand';
import type { ObjectRef } from '../../../protocol/events.ts';
import type { FlowView, Hop, NetworkView } from '../../../protocol/network-view.ts';

interface TraceState {
  /** The step chosen by hand, and the flow it belongs to; another flow begins at its own telling step. */
  flow: number;
  step: number;
  choose(flow: number, step: number): void;
}

export const useTrace = create<TraceState>()((set) => ({
  flow: 0,
  step: 0,
  choose: (flow, step) => set({ flow, step }),
}));

export const flowRef = (flow: Pick<FlowView, 'id'>): ObjectRef => `flow:${flow.id}`;

/** The flow to show: the selected one while it is remembered, else the newest. */
export function shownFlow(network: NetworkView | undefined, selection: ObjectRef | null): FlowView | null {
  const flows = network?.flows ?? [];
  const selected = selection?.startsWith('flow:') ? Number(selection.slice('flow:'.length)) : null;
  const found = selected === null ? undefined : flows.find((flow) => flow.id === selected);
  return found ?? newestFirst(flows)[0] ?? null;
}

/** Flows with something to tell, the newest first. */
export function newestFirst(flows: readonly FlowView[]): FlowView[] {
  return flows.filter((flow) => flow.hops.length > 0).sort((a, b) => b.openedAt - a.openedAt || b.id - a.id);
}

/** Index of the hop to show: the one chosen by hand, else the newest while it travels, else the one that tells most. */
export function shownStep(flow: FlowView, trace: Pick<TraceState, 'flow' | 'step'>): number {
  const last = flow.hops.length - 1;
  if (trace.flow === flow.id) return Math.max(0, Math.min(last, trace.step));
  return isOver(flow) ? tellingStep(flow.hops) : last;
}

export const isOver = (flow: Pick<FlowView, 'state'>): boolean => flow.state === 'done' || flow.state === 'failed';

/** Where it was dropped; else where it was wrapped for the wire; else where the balancer chose; else where it arrived. */
function tellingStep(hops: readonly Hop[]): number {
  const find = (test: (hop: Hop) => boolean) => hops.findIndex((hop) => hop.way === 'out' && test(hop));
  const found = [
    hops.findIndex((hop) => hop.result === 'dropped'),
    find((hop) => hop.room === 'vxlan' && hop.encapsulation !== undefined),
    find((hop) => hop.room === 'ipvs'),
    find((hop) => hop.result === 'delivered'),
  ].find((index) => index >= 0);
  return found ?? Math.max(0, hops.length - 1);
}
