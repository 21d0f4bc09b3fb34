/**
 * Templates in what a task runs: hostname, environment, mounts; and the data of secrets and configs that are templates.
 * Expanded where the task runs; the control API tries the first kind with made-up values. `swarmkit: template/expand.go`
 */
import { quote } from '../../../go-template/go-strconv.ts';
import { type ParseResult, parsed, unparsable } from '../../../go-template/parse-result.ts';
import { decodeBase64Text } from '../../../protocol/base64.ts';
import type { Config, ContainerSpec, FileReference, Mount, Secret, Task } from '../../store/objects.ts';
import { expandTemplate, type NodeFacts, templateContext, textFunction } from './template-context.ts';

type Expand = (text: string) => ParseResult<string>;

/** The container spec as the task will run it. */
export function expandContainerSpec(task: Task, node: NodeFacts): ParseResult<ContainerSpec> {
  const { container } = task.spec;
  const dot = templateContext(task, node);
  const expand: Expand = (text) => expandTemplate(text, dot);
  const env = eachOf(container.env, (entry) => expandEnv(entry, expand));
  if (!env.ok) return unparsable(`expanding env failed: ${env.message}`);
  const mounts = eachOf(container.mounts, (mount) => expandMount(mount, expand));
  if (!mounts.ok) return unparsable(`expanding mounts failed: ${mounts.message}`);
  const hostname = expand(container.hostname);
  if (!hostname.ok) return unparsable(`expanding hostname failed: ${hostname.message}`);
  return parsed({ ...container, env: env.value, mounts: mounts.value, hostname: hostname.value });
}

function expandEnv(entry: string, expand: Expand): ParseResult<string> {
  const at = entry.indexOf('=');
  if (at < 0) return parsed(entry);
  const value = expand(entry.slice(at + 1));
  if (!value.ok) return unparsable(`expanding env ${quote(entry)}: ${value.message}`);
  return parsed(`${entry.slice(0, at)}=${value.value}`);
}

/** Labels and driver options of volumes are left as they are: nothing acts on them here. */
function expandMount(mount: Mount, expand: Expand): ParseResult<Mount> {
  const source = expand(mount.source);
  if (!source.ok) return unparsable(`expanding mount source ${quote(mount.source)}: ${source.message}`);
  const target = expand(mount.target);
  if (!target.ok) return unparsable(`expanding mount target ${quote(mount.target)}: ${target.message}`);
  return parsed({ ...mount, source: source.value, target: target.value });
}

function eachOf<T>(items: readonly T[], expand: (item: T) => ParseResult<T>): ParseResult<T[]> {
  const done: T[] = [];
  for (const item of items) {
    const result = expand(item);
    if (!result.ok) return result;
    done.push(result.value);
  }
  return parsed(done);
}

/** Secrets and configs that have reached the task's node, by id. */
export interface Dependencies {
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly configs: ReadonlyMap<string, Config>;
}

/** The data of a secret or config as the task finds it. Its template sees nothing of the node but its id. */
export function expandPayload(file: Secret | Config, task: Task, dependencies: Dependencies): ParseResult<string> {
  const text = decodeBase64Text(file.spec.data);
  const { templating } = file.spec;
  if (!templating) return parsed(text);
  const expanded =
    templating.Name === 'golang'
      ? expandTemplate(text, templateContext(task, null), payloadFunctions(task, dependencies))
      : unparsable('unrecognized template type');
  if (expanded.ok) return expanded;
  return unparsable(`failed to expand templated ${file.kind} ${file.id}: ${expanded.message}`);
}

function payloadFunctions(task: Task, { secrets, configs }: Dependencies): Parameters<typeof expandTemplate>[2] {
  const { container } = task.spec;
  const lookUp =
    (kind: string, references: readonly FileReference[], files: ReadonlyMap<string, Secret | Config>): Expand =>
    (target) => {
      const reference = references.find((one) => one.target === target);
      const file = reference && files.get(reference.id);
      return file ? parsed(decodeBase64Text(file.spec.data)) : unparsable(`${kind} target ${target} not found`);
    };
  return {
    secret: textFunction(lookUp('secret', container.secrets, secrets)),
    config: textFunction(lookUp('config', container.configs, configs)),
    env: textFunction((name) =>
      parsed(container.env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''),
    ),
  };
}
