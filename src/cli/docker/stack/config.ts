/** `docker stack config`. What reads stack files is loaded when it is first needed: few who type commands deploy stacks. */
import { type Command, noArgs } from '../command.ts';
import { composeFiles, skipInterpolation } from './deploy-flags.ts';
import { fetched } from './fetch-code.ts';

export const stackConfig: Command = {
  kind: 'command',
  name: 'config',
  usage: '[OPTIONS]',
  description: 'Print what stack files come to, merged and filled in',
  args: noArgs,
  flags: [composeFiles, skipInterpolation],
  run: async (context) => (await fetched(context, import('./stack-files.ts'))).printStackFiles(context),
};
