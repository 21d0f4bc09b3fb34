/**
 * The subsystems that turn wanted into actual, in the order in which a new leader starts them.
 * Source: `swarmkit: manager/manager.go becomeLeader`. Role manager, dispatcher and control API are their manager's own.
 */
import { Allocator, type AllocatorState } from './allocator/allocator.ts';
import { KeyManager } from './keymanager/key-manager.ts';
import {
  ConstraintEnforcer,
  type ConstraintEnforcerState,
} from './orchestrator/constraintenforcer/constraint-enforcer.ts';
import { GlobalOrchestrator, type GlobalState } from './orchestrator/global/global.ts';
import { JobsOrchestrator, type JobsState } from './orchestrator/jobs/jobs.ts';
import { ReplicatedOrchestrator, type ReplicatedState } from './orchestrator/replicated/replicated.ts';
import { Scheduler, type SchedulerState } from './scheduler/scheduler.ts';
import type { SubsystemFactory } from './subsystem.ts';
import { TaskReaper, type TaskReaperState } from './taskreaper/task-reaper.ts';

/** A subsystem by its name, which is also the name of its turns and timers. */
export interface NamedFactory {
  readonly name: string;
  readonly create: SubsystemFactory;
}

export const orchestrationSubsystems: readonly NamedFactory[] = [
  { name: 'allocator', create: (context, state) => new Allocator(context, state as AllocatorState | undefined) },
  { name: 'scheduler', create: (context, state) => new Scheduler(context, state as SchedulerState | undefined) },
  {
    name: 'constraint-enforcer',
    create: (context, state) => new ConstraintEnforcer(context, state as ConstraintEnforcerState | undefined),
  },
  { name: 'task-reaper', create: (context, state) => new TaskReaper(context, state as TaskReaperState | undefined) },
  {
    name: 'replicated',
    create: (context, state) => new ReplicatedOrchestrator(context, state as ReplicatedState | undefined),
  },
  { name: 'jobs', create: (context, state) => new JobsOrchestrator(context, state as JobsState | undefined) },
  { name: 'global', create: (context, state) => new GlobalOrchestrator(context, state as GlobalState | undefined) },
  { name: 'keymanager', create: (context) => new KeyManager(context) },
];
