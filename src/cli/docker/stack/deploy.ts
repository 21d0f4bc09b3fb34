/** `docker stack deploy`. What reads stack files is loaded when it is first needed. */
import { type Command, exactArgs } from '../command.ts';
import { deployFlags } from './deploy-flags.ts';
import { fetched } from './fetch-code.ts';
import { completeStacks } from './stack-objects.ts';

export const stackDeploy: Command = {
  kind: 'command',
  name: 'deploy',
  aliases: ['up'],
  usage: '[OPTIONS] STACK',
  description: 'Make a stack, or change it to what its files say now',
  args: exactArgs(1),
  flags: Object.values(deployFlags),
  run: async (context) => (await fetched(context, import('./deploy-stack.ts'))).deployStack(context),
  complete: completeStacks,
};
