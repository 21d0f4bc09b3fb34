/** Removes what belongs to stacks, one by one, saying so; a refusal does not keep the others. Source: `cli: cli/command/stack/swarm/remove.go`. */
import type { Service } from '../../../protocol/engine-api.ts';
import { describeError } from '../client.ts';
import type { CommandContext } from '../command.ts';

/** Something to be removed. */
export interface Removable {
  id: string;
  name: string;
}

export type RemovableKind = 'service' | 'secret' | 'config' | 'network';

/** True if all are gone. */
export async function removeObjects(
  context: CommandContext,
  kind: RemovableKind,
  objects: readonly Removable[],
): Promise<boolean> {
  let isDone = true;
  for (const { id, name } of objects) {
    context.out(`Removing ${kind} ${name}\n`);
    try {
      await context.api.delete(`/${kind}s/${id}`);
    } catch (error) {
      const line = describeError(error);
      if (line === null) throw error;
      // Docker ends this line with no newline.
      context.err(`Failed to remove ${kind} ${id}: ${line}`);
      isDone = false;
    }
  }
  return isDone;
}

/** Services by name, the order in which they are removed. */
export function removableServices(services: readonly Service[]): Removable[] {
  const named = services.map(({ ID, Spec }) => ({ id: ID, name: Spec.Name ?? '' }));
  return named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
