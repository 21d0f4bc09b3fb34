/**
 * What a service spec must fulfil before it is stored. Order of the checks: `swarmkit: manager/controlapi/service.go`
 * `validateServiceSpec`, so that of two mistakes the user hears of the same one first.
 */
import { milliseconds } from '../../kernel/time.ts';
import {
  type EndpointSpec,
  type FileReference,
  type HealthConfig,
  type Mount,
  type Resources,
  type ServiceMode,
  type ServiceSpec,
  type Task,
  type TaskSpec,
  TaskState,
  type UpdateConfig,
} from '../../store/objects.ts';
import { parseConstraints } from '../constraint/constraint.ts';
import { expandContainerSpec } from '../template/expand.ts';
import { parseImageReference } from './image-reference.ts';
import { invalid, type Refusal, refuse } from './refusal.ts';
import { validateAnnotations } from './validate-annotations.ts';

const SHORTEST_PROBE = milliseconds(1);
const LEAST_MEMORY = 4 * 1024 * 1024;
const LEAST_CPUS = 1e6;

/** The first thing wrong with a spec in itself, or null. */
export function validateServiceSpec(spec: ServiceSpec): Refusal | null {
  return (
    validateAnnotations(spec.annotations) ??
    validateTaskSpec(spec.task) ??
    validateMode(spec.mode) ??
    (isJob(spec.mode) ? validateJob(spec) : validateUpdate(spec.update)) ??
    validateEndpoint(spec.endpoint)
  );
}

/** Is this a service whose tasks are meant to end? */
export function isJob(mode: ServiceMode): boolean {
  return mode.kind === 'replicated-job' || mode.kind === 'global-job';
}

function validateTaskSpec(task: TaskSpec): Refusal | null {
  return (
    validateResources(task.limits) ??
    validateResources(task.reservations) ??
    validateRestart(task) ??
    validatePlacement(task) ??
    validateFiles('secret', task.container.secrets) ??
    validateFiles('config', task.container.configs) ??
    validateContainer(task)
  );
}

function validateResources({ nanoCpus, memoryBytes }: Resources): Refusal | null {
  if (nanoCpus !== 0 && nanoCpus < LEAST_CPUS)
    return invalid(`invalid cpu value ${formatGo(nanoCpus / 1e9)}: Must be at least 0.001`);
  if (memoryBytes !== 0 && memoryBytes < LEAST_MEMORY)
    return invalid(`invalid memory value ${memoryBytes}: Must be at least 4MiB`);
  return null;
}

/** A small number as Go's `%g` writes it: exponents have two digits. */
function formatGo(value: number): string {
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4) return String(value);
  return `${digits}e-${String(-power).padStart(2, '0')}`;
}

function validateRestart({ restart }: TaskSpec): Refusal | null {
  if (restart.delay < 0) return invalid('TaskSpec: restart-delay cannot be negative');
  if (restart.window < 0) return invalid('TaskSpec: restart-window cannot be negative');
  return null;
}

/** The constraint parser's error is no gRPC status: the user sees it as `Unknown`. */
function validatePlacement({ placement }: TaskSpec): Refusal | null {
  const parsed = parseConstraints(placement.constraints);
  return parsed.ok ? null : refuse('Unknown', parsed.error.message);
}

function validateFiles(kind: 'secret' | 'config', references: readonly FileReference[]): Refusal | null {
  const targets = new Map<string, string>();
  for (const { id, name, target } of references) {
    if (id === '' || name === '') return invalid(`malformed ${kind} reference`);
    if (target === '')
      return invalid(
        kind === 'secret'
          ? 'malformed file secret reference, invalid target file name provided'
          : 'malformed file config reference, invalid target file name provided',
      );
    const other = targets.get(target);
    if (other !== undefined)
      return invalid(`${kind} references '${other}' and '${name}' have a conflicting target: '${target}'`);
    targets.set(target, name);
  }
  return null;
}

/** Templates are tried on a made-up task: what they make of it is held to the rules. */
function validateContainer(task: TaskSpec): Refusal | null {
  const expanded = expandContainerSpec(madeUpTask(task), MADE_UP_NODE);
  if (!expanded.ok) return invalid(expanded.message);
  const container = expanded.value;
  if (container.image === '') return invalid('ContainerSpec: image reference must be provided');
  if (!parseImageReference(container.image))
    return invalid(`ContainerSpec: ${JSON.stringify(container.image)} is not a valid repository/tag`);
  return validateMounts(container.mounts) ?? validateHealth(container.health);
}

const MADE_UP_NODE = { hostname: 'nodeHostname', platform: { architecture: 'architecture', os: 'os' } };

function madeUpTask(spec: TaskSpec): Task {
  const named = (name: string) => ({ name, labels: {} });
  return {
    kind: 'task',
    id: '',
    meta: { version: 0, createdAt: 0, updatedAt: 0 },
    spec,
    specVersion: 0,
    serviceId: 'serviceid',
    serviceAnnotations: named('servicename'),
    slot: 1,
    nodeId: 'nodeid',
    annotations: named('taskname'),
    status: { timestamp: 0, state: TaskState.new, message: '', err: '', container: null, ports: [], appliedBy: '' },
    desiredState: TaskState.new,
    networks: [],
    endpoint: null,
    logDriver: spec.logDriver,
    assignedGeneric: [],
    jobIteration: null,
  };
}

function validateMounts(mounts: readonly Mount[]): Refusal | null {
  const targets = new Set<string>();
  for (const { target } of mounts) {
    if (targets.has(target)) return invalid(`ContainerSpec: duplicate mount point: ${target}`);
    targets.add(target);
  }
  return null;
}

function validateHealth(health: HealthConfig | null): Refusal | null {
  if (!health) return null;
  const times = [
    ['Interval', health.interval],
    ['Timeout', health.timeout],
    ['StartPeriod', health.startPeriod],
    ['StartInterval', health.startInterval],
  ] as const;
  for (const [name, time] of times) {
    if (time !== 0 && time < SHORTEST_PROBE)
      return invalid(`ContainerSpec: ${name} in HealthConfig cannot be less than 1ms`);
  }
  if (health.retries < 0) return invalid('ContainerSpec: Retries in HealthConfig cannot be negative');
  return null;
}

function validateMode(mode: ServiceMode): Refusal | null {
  if (mode.kind === 'replicated' && mode.replicas < 0) return invalid('Number of replicas must be non-negative');
  if (mode.kind === 'replicated-job') {
    if (mode.maxConcurrent < 0) return invalid('Maximum concurrent jobs must not be negative');
    if (mode.totalCompletions < 0) return invalid('Total completed jobs must not be negative');
  }
  return null;
}

function validateJob(spec: ServiceSpec): Refusal | null {
  return spec.update ? invalid('Jobs may not have an update config') : null;
}

function validateUpdate(update: UpdateConfig | null): Refusal | null {
  if (!update) return null;
  if (update.delay < 0) return invalid('TaskSpec: update-delay cannot be negative');
  if (update.monitor < 0) return invalid('TaskSpec: update-monitor cannot be negative');
  if (update.maxFailureRatio < 0 || update.maxFailureRatio > 1)
    return invalid('TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1');
  return null;
}

function validateEndpoint(endpoint: EndpointSpec | null): Refusal | null {
  if (!endpoint) return null;
  const published = new Set<string>();
  for (const port of endpoint.ports) {
    if (endpoint.mode === 'dnsrr' && port.publishMode === 'ingress')
      return invalid("EndpointSpec: port published with ingress mode can't be used with dnsrr mode");
    if (port.publishedPort === 0) continue;
    const key = `${port.publishedPort}/${port.protocol}`;
    if (published.has(key)) return invalid('EndpointSpec: duplicate published ports provided');
    published.add(key);
  }
  return null;
}
