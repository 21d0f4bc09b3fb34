/** `docker swarm leave`. Source: `docker/cli: cli/command/swarm/leave.go`. */
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, noArgs } from '../command.ts';

const force = boolFlag({ name: 'force', shorthand: 'f', description: 'Leave whatever it costs the swarm' });

export const swarmLeave: Command = {
  kind: 'command',
  name: 'leave',
  needsSwarm: 'active',
  usage: '[OPTIONS]',
  description: 'Take this node out of its swarm',
  args: noArgs,
  flags: [force],
  async run(context) {
    await context.api.post('/swarm/leave', { query: { force: context.flags.get(force) ? '1' : undefined } });
    context.out('Node left the swarm.\n');
    return 0;
  },
};
