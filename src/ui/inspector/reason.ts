/**
 * Which of a thing's events answers the question one has when looking at it: why it is Down, why it leads, why it is on this node, why it
 * waits. The walk along causes (`why-chain.ts`) begins there.
 */
import type { EventLane, TraceEvent } from '../../protocol/events.ts';
import type { MachineView, NodeView, TaskView } from '../../protocol/snapshot.ts';
import { laneOf } from '../narrator/lanes.ts';
import { isTold } from '../narrator/sentences.ts';
import { taskName } from '../store/rows.ts';
import { type Inspected, stateWord } from './subject.ts';

export interface Reason {
  question: string;
  /** The last event of the chain. */
  event: TraceEvent;
}

/** The question about a thing and the event that answers it, of `own`: the events about it, oldest first. */
export function reasonOf(inspected: Inspected, own: readonly TraceEvent[]): Reason | null {
  switch (inspected.kind) {
    case 'event':
      return { question: 'Why did this happen?', event: inspected.event };
    case 'task':
      return found(taskQuestion(inspected.task), taskAnswer(inspected.task, own));
    case 'machine':
      return machineReason(inspected.machine, inspected.node, own);
    case 'service':
      return found(`What happened last to ${inspected.service.name}?`, newest(own, isServiceEvent) ?? newest(own));
    case 'container':
      return found('Why did this happen?', newest(own));
    default:
      return null;
  }
}

const found = (question: string, event: TraceEvent | undefined): Reason | null => (event ? { question, event } : null);

const isServiceEvent = ({ kind }: TraceEvent) => kind.startsWith('service.');

/** The newest of those that say something. */
function newest(own: readonly TraceEvent[], fits: (event: TraceEvent) => boolean = () => true): TraceEvent | undefined {
  return own.findLast((event) => isTold(event) && fits(event));
}

function taskQuestion(task: TaskView): string {
  if (!task.machine) return `Why is ${taskName(task)} on no node yet?`;
  const isWanted = task.desiredState === 'running' || task.desiredState === 'ready';
  return isWanted ? `Why is ${taskName(task)} on ${task.machine}?` : `Why does ${taskName(task)} not run?`;
}

function taskAnswer(task: TaskView, own: readonly TraceEvent[]): TraceEvent | undefined {
  const lives = task.desiredState === 'running' || task.desiredState === 'ready';
  // That it is no longer wanted says more than that its container ended then.
  const ending = lives
    ? undefined
    : newest(own, ({ kind, data }) => kind === 'task.desired' || data?.state === 'failed');
  return ending ?? newest(own, ({ kind }) => laneOf(kind) !== 'network') ?? own.at(-1);
}

const machineLanes: readonly EventLane[] = ['you', 'raft', 'nodes'];

/** Of a machine what is out of the ordinary comes first; of its tasks there are stories of their own. */
function machineReason(machine: MachineView, node: NodeView | undefined, own: readonly TraceEvent[]): Reason | null {
  const { name } = machine;
  const last = (fits: (event: TraceEvent) => boolean) => own.findLast((event) => isTold(event) && fits(event));
  const ofKind = (...kinds: string[]) => last((event) => kinds.includes(event.kind) && event.machine === name);
  const ofNode = (fits: (event: TraceEvent) => boolean) => own.findLast(fits);
  return (
    (node?.state === 'down'
      ? found(
          `Why is ${name} Down?`,
          ofNode(({ kind, data }) => kind === 'node.state' && data?.state === 'down'),
        )
      : null) ??
    (machine.power ? null : found(`Why has ${name} no power?`, ofKind('machine.power-off'))) ??
    (machine.cable ? null : found(`Why is ${name} cut off?`, ofNode(isCableCut))) ??
    (machine.isLeader ? found(`Why does ${name} lead?`, ofKind('manager.leader.started', 'raft.leader')) : null) ??
    (machine.raft?.role === 'candidate'
      ? found(`Why does ${name} want to lead?`, ofKind('raft.election.started'))
      : null) ??
    (node && node.availability !== 'active'
      ? found(
          `Why is ${name} set to ${stateWord(node.availability)}?`,
          ofNode(({ kind }) => kind === 'node.availability'),
        )
      : null) ??
    found(
      `What happened last to ${name}?`,
      last(({ kind }) => machineLanes.includes(laneOf(kind))),
    )
  );
}

const isCableCut = ({ kind, data }: TraceEvent) =>
  kind === 'net.cable-cut' || (kind === 'input.fault' && data?.kind === 'cable-cut');
