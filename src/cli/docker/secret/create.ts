/** `docker secret create`. Source: `cli: cli/command/secret/create.go`. */
import type { SecretSpec } from '../../../protocol/engine-api.ts';
import { listFlag, type ParseResult, parsed } from '../../flags/flag.ts';
import { stringFlag } from '../../flags/flag-types.ts';
import { parseLabel, toRecord } from '../../opts/key-value.ts';
import { type Command, type CommandContext, requiresRangeArgs } from '../command.ts';
import { readContent } from './content.ts';

const driver = stringFlag({ name: 'driver', shorthand: 'd', description: 'What holds the secret, if not the swarm' });
const labels = listFlag({ name: 'label', shorthand: 'l', description: 'Labels of the secret', parse: parseLabel });
const templateDriver = stringFlag({ name: 'template-driver', description: 'What fills in the template it is' });

export const secretCreate: Command = {
  kind: 'command',
  name: 'create',
  usage: '[OPTIONS] SECRET [file|-]',
  description: 'Make a secret of a file or of standard input',
  args: requiresRangeArgs(1, 2),
  flags: [driver, labels, templateDriver],
  run: createSecret,
};

async function createSecret(context: CommandContext): Promise<number> {
  const { api, flags, args } = context;
  const data = await secretData(context);
  if (!data.ok) return context.fail(data.message);
  const body: SecretSpec = {
    Name: args[0]!,
    Labels: toRecord(flags.get(labels)),
    ...(data.value !== null && { Data: data.value }),
    ...(flags.get(driver) !== '' && { Driver: { Name: flags.get(driver) } }),
    ...(flags.get(templateDriver) !== '' && { Templating: { Name: flags.get(templateDriver) } }),
  };
  const { ID: id } = await api.post<{ ID: string }>('/secrets/create', { body });
  context.out(`${id}\n`);
  return 0;
}

/** A driver brings the data itself. */
async function secretData({ process, flags, args }: CommandContext): Promise<ParseResult<string | null>> {
  const file = args[1] ?? '';
  if (flags.get(driver) === '') return readContent(process, 'secret', file);
  if (file !== '') return { ok: false, message: 'When using secret driver secret data must be empty' };
  return parsed(null);
}
