/**
 * Services: list with task counts, create, update, rollback, remove. `swarmkit: manager/controlapi/service.go`
 *
 * The spec that an update replaces is kept as `previousSpec`, so that a rollback can swap the two. `specVersion` is the
 * version the client had read; it names the version of the spec, and tasks copy it. It is not the object's own version.
 */
import { type Service, type ServiceSpec, type Task, TaskState } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import type { ControlRequest, ControlResult, Filters, ServiceWithCounts } from './control-request.ts';
import { checkRoom } from './limits.ts';
import { among, hasLabels, startsWith } from './list-filters.ts';
import { find } from './lookup.ts';
import { outOfSequence, type Refusal, refuse } from './refusal.ts';
import { same } from './same.ts';
import { checkFiles, checkIngress, checkNetworks, checkPorts } from './validate-references.ts';
import { isJob, validateServiceSpec } from './validate-service.ts';
import type { WriteContext } from './write-context.ts';

type Update = Extract<ControlRequest, { op: 'service.update' }>;

export function listServices(reader: StoreReader, filters: Filters): ServiceWithCounts[] {
  const services: ServiceWithCounts[] = [];
  for (const service of reader.all('service')) {
    const { annotations, mode } = service.spec;
    if (
      startsWith(filters, 'name', annotations.name) &&
      startsWith(filters, 'id', service.id) &&
      hasLabels(filters, 'label', annotations.labels) &&
      among(filters, 'mode', mode.kind) &&
      among(filters, 'runtime', 'container')
    )
      services.push(withCounts(reader, service));
  }
  return services;
}

/** The service with its running, desired and completed tasks. `ListServiceStatuses` */
export function withCounts(reader: StoreReader, service: Service): ServiceWithCounts {
  const { mode } = service.spec;
  const job = isJob(mode);
  const tasks = reader.tasksOfService(service.id).filter((task) => !job || task.jobIteration === service.jobIteration);
  return {
    service,
    runningTasks: tasks.filter((task) => task.status.state === TaskState.running).length,
    desiredTasks: desiredTasks(service, tasks),
    completedTasks: job ? tasks.filter((task) => task.status.state === TaskState.complete).length : 0,
  };
}

/** Global services say nowhere how many tasks they want: count those that are wanted. */
function desiredTasks({ spec: { mode } }: Service, tasks: readonly Task[]): number {
  if (mode.kind === 'replicated') return mode.replicas;
  if (mode.kind === 'replicated-job') return mode.maxConcurrent;
  return tasks.filter(
    ({ desiredState, status }) =>
      desiredState === TaskState.running ||
      (desiredState === TaskState.complete && status.state !== TaskState.complete),
  ).length;
}

export function createService({ tx, leader }: WriteContext, spec: ServiceSpec): ControlResult {
  const refusal =
    validateServiceSpec(spec) ??
    checkNetworks(tx, spec) ??
    checkPorts(tx, spec) ??
    checkIngress(tx, spec) ??
    checkFiles(tx, spec) ??
    checkRoom(tx, spec);
  if (refusal) return refusal;
  const { name } = spec.annotations;
  if (tx.byName('service', name))
    return refuse('AlreadyExists', `name conflicts with an existing object: service ${name} already exists`);
  const id = leader.newId();
  leader.begin('service.created', [`service:${id}`], {
    name,
    mode: spec.mode.kind,
    image: spec.task.container.image,
    ...(spec.mode.kind === 'replicated' ? { replicas: spec.mode.replicas } : {}),
  });
  tx.create({
    kind: 'service',
    id,
    meta: { version: 0, createdAt: 0, updatedAt: 0 },
    spec,
    specVersion: 0,
    previousSpec: null,
    previousSpecVersion: null,
    endpoint: null,
    updateStatus: null,
    jobIteration: 0,
    lastExecution: isJob(spec.mode) ? leader.now : null,
  });
  return { ok: true, value: { id } };
}

export function updateService(context: WriteContext, request: Update): ControlResult {
  const { tx, leader } = context;
  const { spec } = request;
  const found = find(tx, 'service', request.ref);
  if (!found.ok) return found;
  const old = found.object;
  const refusal =
    validateServiceSpec(spec) ??
    checkNetworks(tx, spec) ??
    (spec.endpoint && !same(spec.endpoint, old.spec.endpoint) ? checkPorts(tx, spec, old.id) : null) ??
    checkFiles(tx, spec) ??
    checkIdentity(old, spec);
  if (refusal) return refusal;
  const changed = request.rollback ? rolledBack(context, old) : withSpec(old, spec, request.version);
  if ('error' in changed) return changed;
  const misfit = checkIngress(tx, changed.spec) ?? checkRoom(tx, changed.spec, old.id);
  if (misfit) return misfit;
  if (request.version !== old.meta.version) return outOfSequence();
  const { name } = spec.annotations;
  leader.begin(request.rollback ? 'service.rolled-back' : 'service.updated', [`service:${old.id}`], {
    name,
    ...changes(old.spec, changed.spec),
  });
  tx.update(nextIteration(changed, leader.now));
  return { ok: true, value: null };
}

/** An update changes neither a service's mode nor its name. */
function checkIdentity(old: Service, spec: ServiceSpec): Refusal | null {
  if (old.spec.mode.kind !== spec.mode.kind) return refuse('Unimplemented', 'service mode change is not allowed');
  if (old.spec.annotations.name !== spec.annotations.name)
    return refuse('Unimplemented', 'renaming services is not supported');
  return null;
}

function withSpec(old: Service, spec: ServiceSpec, version: number): Service {
  return {
    ...old,
    previousSpec: old.spec,
    previousSpecVersion: old.specVersion,
    spec,
    specVersion: version,
    updateStatus: null,
  };
}

/** Swaps the spec with the one before it. */
function rolledBack({ leader }: WriteContext, old: Service): Service | Refusal {
  if (!old.previousSpec) return refuse('FailedPrecondition', `service ${old.id} does not have a previous spec`);
  return {
    ...old,
    spec: old.previousSpec,
    specVersion: old.previousSpecVersion ?? 0,
    previousSpec: old.spec,
    previousSpecVersion: old.specVersion,
    updateStatus: {
      state: 'rollback_started',
      startedAt: leader.now,
      completedAt: null,
      message: 'manually requested rollback',
    },
  };
}

/** Every update of a job runs it anew. */
function nextIteration(service: Service, now: number): Service {
  if (service.lastExecution === null) return service;
  return { ...service, jobIteration: service.jobIteration + 1, lastExecution: now };
}

/** What an update was about, for the trace. */
function changes(old: ServiceSpec, spec: ServiceSpec): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  if (old.mode.kind === 'replicated' && spec.mode.kind === 'replicated' && old.mode.replicas !== spec.mode.replicas)
    facts.replicas = { from: old.mode.replicas, to: spec.mode.replicas };
  if (old.task.container.image !== spec.task.container.image)
    facts.image = { from: old.task.container.image, to: spec.task.container.image };
  if (old.task.forceUpdate !== spec.task.forceUpdate) facts.forced = true;
  return facts;
}

export function removeService({ tx, leader }: WriteContext, ref: string): ControlResult {
  const found = find(tx, 'service', ref);
  if (!found.ok) return found;
  const { id, spec } = found.object;
  leader.begin('service.removed', [`service:${id}`], { name: spec.annotations.name });
  tx.remove('service', id);
  return { ok: true, value: null };
}
