/**
 * `docker inspect`: any kind of object by name. Kinds are tried in docker's order, those of the swarm only on a manager.
 * Source: `docker/cli: cli/command/system/inspect.go`.
 */

import { quote } from '../../../go-template/go-strconv.ts';
import type { GoType } from '../../../go-template/go-value.ts';
import { containerType } from '../../../go-types/container.ts';
import { configType, networkType, nodeType, secretType, serviceType, taskType } from '../../../go-types/swarm.ts';
import type { Info } from '../../../protocol/engine-api.ts';
import { boolFlag, stringFlag } from '../../flags/flag-types.ts';
import { ApiError, type DockerClient, describeError, isNotFound } from '../client.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import {
  completeAllContainers,
  completeAnyOf,
  completeNetworks,
  completeNodes,
  completeServices,
} from '../completion.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { type Inspected, inspectObjects } from '../inspect.ts';

/** A kind of object. */
interface Kind {
  name: string;
  path(reference: string): string;
  query?: Record<string, string>;
  type?: GoType;
  isSwarmObject?: boolean;
}

/** In the order they are tried. */
const kinds: readonly Kind[] = [
  { name: 'container', path: (reference) => `/containers/${reference}/json`, type: containerType },
  { name: 'image', path: (reference) => `/images/${reference}/json` },
  { name: 'network', path: (reference) => `/networks/${reference}`, type: networkType },
  { name: 'volume', path: (reference) => `/volumes/${reference}` },
  {
    name: 'service',
    path: (reference) => `/services/${reference}`,
    query: { insertDefaults: 'true' },
    type: serviceType,
    isSwarmObject: true,
  },
  { name: 'task', path: (reference) => `/tasks/${reference}`, type: taskType, isSwarmObject: true },
  { name: 'node', path: (reference) => `/nodes/${reference}`, type: nodeType, isSwarmObject: true },
  { name: 'plugin', path: (reference) => `/plugins/${reference}/json` },
  { name: 'secret', path: (reference) => `/secrets/${reference}`, type: secretType, isSwarmObject: true },
  { name: 'config', path: (reference) => `/configs/${reference}`, type: configType, isSwarmObject: true },
];

const kindNames = kinds.map((kind) => kind.name).sort();
const kindList = `must be one of "${kindNames.join('", "')}"`;

const size = boolFlag({ name: 'size', shorthand: 's', description: 'Also show sizes of files, for containers' });
const type = stringFlag({ name: 'type', description: 'Look for this kind of object only', values: kindNames });

export const inspectCommand: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  description: 'Show objects in detail',
  args: requiresMinArgs(1),
  flags: [inspectFormatFlag, size, type],
  run: inspectAny,
  complete: completeAnyOf(completeAllContainers, completeServices, completeNodes, completeNetworks),
};

async function inspectAny(context: CommandContext): Promise<number> {
  const wanted = context.flags.get(type);
  if (context.flags.changed(type) && wanted === '') return context.fail(`type is empty: ${kindList}`);
  if (wanted !== '' && !kindNames.includes(wanted)) return context.fail(`unknown type: ${quote(wanted)}: ${kindList}`);
  const candidates = kinds.filter((kind) => wanted === '' || kind.name === wanted);
  return inspectObjects(context, context.args, context.flags.get(inspectFormatFlag), (reference) =>
    findAny(context, candidates, reference),
  );
}

async function findAny(
  context: CommandContext,
  candidates: readonly Kind[],
  reference: string,
): Promise<Inspected | { error: string }> {
  const isOnlyKind = candidates.length === 1;
  let isManager: boolean | null = null;
  for (const kind of candidates) {
    if (kind.isSwarmObject && !isOnlyKind) {
      isManager ??= await asksManager(context);
      if (!isManager) continue;
    }
    const found = await find(context.api, kind, reference, context.flags.get(size), isOnlyKind);
    if (found) return found;
  }
  return { error: `Error: No such object: ${reference}` };
}

/** The object, or null if there is none of this kind; if no other kind is left to try, the daemon's refusal is thrown. */
async function find(
  api: DockerClient,
  kind: Kind,
  reference: string,
  withSize: boolean,
  isOnlyKind: boolean,
): Promise<Inspected | null> {
  const query = kind.name === 'container' && withSize ? { size: '1' } : kind.query;
  try {
    return { raw: await api.get(kind.path(reference), query), type: kind.type };
  } catch (error) {
    if (isOnlyKind || !isSkippable(error)) throw error;
    return null;
  }
}

function isSkippable(error: unknown): boolean {
  return (
    isNotFound(error) || (error instanceof ApiError && /not supported|invalid reference format/.test(error.message))
  );
}

async function asksManager({ api, err }: CommandContext): Promise<boolean> {
  try {
    return (await api.get<Info>('/info')).Swarm.ControlAvailable;
  } catch (error) {
    const line = describeError(error);
    if (line === null) throw error;
    err(`${line}\n`);
    return false;
  }
}
