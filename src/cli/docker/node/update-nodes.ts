/**
 * Changes nodes one after another: read, change the spec, send it with the version that was read. The first error ends it.
 * Source: `docker/cli: cli/command/node/update.go` (`updateNodes`).
 */
import type { Node, NodeSpec } from '../../../protocol/engine-api.ts';
import type { CommandContext } from '../command.ts';

/** The new spec; or why nothing is to be sent: `note` goes on with the next node, `error` ends. */
export type NodeChange = { spec: NodeSpec } | { note: string } | { error: string };

/** Applies `change` to all nodes named; prints `done(name)` for each that changed. */
export async function updateNodes(
  context: CommandContext,
  references: readonly string[],
  change: (node: Node) => NodeChange,
  done: (reference: string) => string,
): Promise<number> {
  for (const reference of references) {
    const node = await context.api.get<Node>(`/nodes/${reference}`);
    const changed = change(node);
    if ('error' in changed) return context.fail(changed.error);
    if ('note' in changed) {
      context.out(`${changed.note}\n`);
      continue;
    }
    await context.api.post(`/nodes/${node.ID}/update`, {
      query: { version: String(node.Version.Index) },
      body: changed.spec,
    });
    context.out(`${done(reference)}\n`);
  }
  return 0;
}
