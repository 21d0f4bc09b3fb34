/** What belongs to a stack, found by its label; and which names a stack can have. Source: `cli: cli/command/stack/swarm/common.go, common.go`. */

import { quote } from '../../../go-template/go-strconv.ts';
import type { Config, Network, Secret, Service, Task } from '../../../protocol/engine-api.ts';
import { namespaceLabel } from '../../compose/namespace.ts';
import type { Filters } from '../../flags/flag-types.ts';
import { type DockerClient, describeError, filtersQuery } from '../client.ts';
import type { CompleteWord } from '../command.ts';

/** Conditions under which only objects of the stack are shown. */
export function stackFilters(stack: string, filters: Filters = {}): string | undefined {
  return filtersQuery({ ...filters, label: [...(filters.label ?? []), `${namespaceLabel}=${stack}`] });
}

export function stackServicesOf(api: DockerClient, stack: string): Promise<Service[]> {
  return api.get('/services', { filters: stackFilters(stack) });
}

export function stackNetworksOf(api: DockerClient, stack: string): Promise<Network[]> {
  return api.get('/networks', { filters: stackFilters(stack) });
}

export function stackSecretsOf(api: DockerClient, stack: string): Promise<Secret[]> {
  return api.get('/secrets', { filters: stackFilters(stack) });
}

export function stackConfigsOf(api: DockerClient, stack: string): Promise<Config[]> {
  return api.get('/configs', { filters: stackFilters(stack) });
}

export function stackTasksOf(api: DockerClient, stack: string): Promise<Task[]> {
  return api.get('/tasks', { filters: stackFilters(stack) });
}

/** Services of all stacks, by stack; or the complaint about one whose label has gone. */
export async function allStacks(api: DockerClient): Promise<Map<string, number> | { error: string }> {
  const services = await api.get<Service[]>('/services', { filters: filtersQuery({ label: [namespaceLabel] }) });
  const stacks = new Map<string, number>();
  for (const { ID, Spec } of services) {
    const stack = Spec.Labels?.[namespaceLabel];
    if (stack === undefined) return { error: `cannot get label ${namespaceLabel} for service ${ID}` };
    stacks.set(stack, (stacks.get(stack) ?? 0) + 1);
  }
  return stacks;
}

/** Names of stacks. */
export const completeStacks: CompleteWord = async ({ api }) => {
  try {
    const stacks = await allStacks(api);
    return 'error' in stacks ? [] : [...stacks.keys()];
  } catch (error) {
    if (describeError(error) === null) throw error;
    return [];
  }
};

/** Blanks and quotes alone are no name. */
export function complaintAboutStackName(name: string): string | null {
  return name.replace(/^[\s"']+/, '') === '' ? `invalid stack name: ${quote(name)}` : null;
}
