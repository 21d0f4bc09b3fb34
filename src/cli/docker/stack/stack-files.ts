/**
 * The stack files of a command line: loaded and printed, or loaded for deployment with notes on what stacks cannot do.
 * Source: `cli: cli/command/stack/config.go, loader/loader.go` (`LoadComposefile`).
 */
import { loadStackFiles } from '../../compose/load.ts';
import type { LoadContext } from '../../compose/load-context.ts';
import { printStack } from '../../compose/print-stack.ts';
import {
  deprecatedProperties,
  forbiddenProperties,
  propertyNotes,
  unsupportedProperties,
} from '../../compose/property-notes.ts';
import { readStackFiles } from '../../compose/source-files.ts';
import type { StackFile } from '../../compose/stack-file.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import { complaintAboutImage } from '../../opts/image-reference.ts';
import type { CommandContext } from '../command.ts';
import { composeFiles, skipInterpolation } from './deploy-flags.ts';

/** `docker stack config`. */
export async function printStackFiles(context: CommandContext): Promise<number> {
  const { flags, process } = context;
  const source = await readStackFiles(process, flags.get(composeFiles));
  if (!source.ok) return context.fail(source.message);
  const options = { skipInterpolation: flags.get(skipInterpolation) };
  const stack = loadStackFiles(source.value.files, source.value.context, options);
  if (!stack.ok) return context.fail(stack.message);
  context.out(printStack(stack.value));
  return 0;
}

/** A stack to be deployed, and where its files are. */
export interface DeployableStack {
  file: StackFile;
  context: LoadContext;
}

export async function loadForDeployment(context: CommandContext): Promise<ParseResult<DeployableStack>> {
  const { flags, process } = context;
  const source = await readStackFiles(process, flags.get(composeFiles));
  if (!source.ok) return source;
  const configs = source.value.files.map(({ config }) => config);
  const stack = loadStackFiles(source.value.files, source.value.context);
  if (!stack.ok) {
    const forbidden = forbiddenProperties(configs);
    if (forbidden.size === 0 || stack.message !== 'Configuration contains forbidden properties') return stack;
    return unparsable(`Compose file contains unsupported options:\n\n${propertyNotes(forbidden)}\n`);
  }
  const ignored = unsupportedProperties(configs);
  if (ignored.length > 0) context.err(`Ignoring unsupported options: ${ignored.join(', ')}\n\n`);
  const old = deprecatedProperties(configs);
  if (old.size > 0) context.err(`Ignoring deprecated options:\n\n${propertyNotes(old)}\n\n`);
  const complaint = complaintAboutImages(stack.value);
  return complaint === null ? parsed({ file: stack.value, context: source.value.context }) : unparsable(complaint);
}

function complaintAboutImages({ services }: StackFile): string | null {
  for (const name of [...services.keys()].sort()) {
    const { image } = services.get(name)!;
    const problem = image === '' ? 'no image specified' : complaintAboutImage(image);
    if (problem !== null) return `invalid image reference for service ${name}: ${problem}`;
  }
  return null;
}
