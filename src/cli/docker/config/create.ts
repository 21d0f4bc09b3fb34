/** `docker config create`. Source: `cli: cli/command/config/create.go`. */

import { quote } from '../../../go-template/go-strconv.ts';
import type { ConfigSpec } from '../../../protocol/engine-api.ts';
import { listFlag } from '../../flags/flag.ts';
import { stringFlag } from '../../flags/flag-types.ts';
import { parseLabel, toRecord } from '../../opts/key-value.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { readContent } from '../secret/content.ts';

const labels = listFlag({ name: 'label', shorthand: 'l', description: 'Labels of the config', parse: parseLabel });
const templateDriver = stringFlag({ name: 'template-driver', description: 'What fills in the template it is' });

export const configCreate: Command = {
  kind: 'command',
  name: 'create',
  usage: '[OPTIONS] CONFIG file|-',
  description: 'Make a config of a file or of standard input',
  args: exactArgs(2),
  flags: [labels, templateDriver],
  run: createConfig,
};

async function createConfig(context: CommandContext): Promise<number> {
  const { api, flags, process } = context;
  const [name = '', file = ''] = context.args;
  const data = await readContent(process, 'config', file);
  if (!data.ok) return context.fail(`Error reading content from ${quote(file)}: ${data.message}`);
  const body: ConfigSpec = {
    Name: name,
    Labels: toRecord(flags.get(labels)),
    Data: data.value,
    ...(flags.get(templateDriver) !== '' && { Templating: { Name: flags.get(templateDriver) } }),
  };
  const { ID: id } = await api.post<{ ID: string }>('/configs/create', { body });
  context.out(`${id}\n`);
  return 0;
}
