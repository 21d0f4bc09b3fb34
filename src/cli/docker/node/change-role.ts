/** `docker node promote` and `docker node demote`. Source: `docker/cli: cli/command/node/promote.go, demote.go`. */
import type { NodeRole } from '../../../protocol/engine-api.ts';
import { type Command, requiresMinArgs } from '../command.ts';
import { completeNodes } from '../completion.ts';
import { updateNodes } from './update-nodes.ts';

export const nodePromote = roleCommand(
  'promote',
  'Make workers managers',
  'manager',
  (name) => `Node ${name} promoted to a manager in the swarm.`,
);

export const nodeDemote = roleCommand(
  'demote',
  'Make managers workers',
  'worker',
  (name) => `Manager ${name} demoted in the swarm.`,
);

function roleCommand(name: string, description: string, role: NodeRole, done: (node: string) => string): Command {
  return {
    kind: 'command',
    name,
    usage: 'NODE [NODE...]',
    description,
    args: requiresMinArgs(1),
    flags: [],
    run: (context) =>
      updateNodes(
        context,
        context.args,
        (node) =>
          node.Spec.Role === role
            ? { note: `Node ${node.ID} is already a ${role}.` }
            : { spec: { ...node.Spec, Role: role } },
        done,
      ),
    complete: completeNodes,
  };
}
