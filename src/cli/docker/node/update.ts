/** `docker node update`. Source: `docker/cli: cli/command/node/update.go`. */
import type { Node, NodeAvailability, NodeRole, NodeSpec } from '../../../protocol/engine-api.ts';
import type { ParsedFlags } from '../../flags/flag-set.ts';
import { stringFlag, stringListFlag } from '../../flags/flag-types.ts';
import { cut } from '../../opts/cut.ts';
import { sortedRecord } from '../../opts/key-value.ts';
import { type Command, exactArgs } from '../command.ts';
import { completeNodes } from '../completion.ts';
import { type NodeChange, updateNodes } from './update-nodes.ts';

const role = stringFlag({
  name: 'role',
  description: 'What the node is in the swarm ("worker", "manager")',
  values: ['worker', 'manager'],
});
const availability = stringFlag({
  name: 'availability',
  description: 'What the node may be given to do ("active", "pause", "drain")',
  values: ['active', 'pause', 'drain'],
});
const labelAdd = stringListFlag({ name: 'label-add', description: 'Set a label ("key=value")' });
const labelRm = stringListFlag({ name: 'label-rm', description: 'Remove a label' });

export const nodeUpdate: Command = {
  kind: 'command',
  name: 'update',
  usage: '[OPTIONS] NODE',
  description: 'Change a node',
  args: exactArgs(1),
  flags: [role, availability, labelAdd, labelRm],
  run: (context) =>
    updateNodes(
      context,
      context.args,
      (node) => changeNode(node, context.flags),
      (reference) => reference,
    ),
  complete: completeNodes,
};

function changeNode(node: Node, flags: ParsedFlags): NodeChange {
  const labels = { ...node.Spec.Labels };
  for (const label of flags.get(labelAdd)) {
    const { head, rest } = cut(label, '=');
    labels[head] = rest ?? '';
  }
  for (const name of flags.get(labelRm)) {
    if (!(name in labels)) return { error: `key ${name} doesn't exist in node's labels` };
    delete labels[name];
  }
  const spec: NodeSpec = { ...node.Spec, Labels: sortedRecord(Object.entries(labels)) };
  // Any word is sent: the daemon refuses those it does not know.
  if (flags.changed(role)) spec.Role = flags.get(role) as NodeRole;
  if (flags.changed(availability)) spec.Availability = flags.get(availability) as NodeAvailability;
  return { spec };
}
