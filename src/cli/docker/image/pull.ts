/** `docker pull`. Source: `cli: cli/command/image/pull.go`. */
import { StreamError } from '../../../protocol/api.ts';
import { boolFlag, stringFlag } from '../../flags/flag-types.ts';
import { complaintAboutImage, parseImageReference } from '../../opts/image-reference.ts';
import { Interrupted } from '../client.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeImages } from '../completion.ts';
import { jsonMessages } from '../progress/json-messages.ts';

const allTags = boolFlag({ name: 'all-tags', shorthand: 'a', description: 'Download all tags of the repository' });
const trust = boolFlag({ name: 'disable-content-trust', default: true, description: 'Do not check signatures' });
const platform = stringFlag({ name: 'platform', description: 'Platform that the image is for' });
const quiet = boolFlag({ name: 'quiet', shorthand: 'q', description: 'Print the name alone' });

export const pullCommand: Command = {
  kind: 'command',
  name: 'pull',
  aliasLine: 'docker image pull, docker pull',
  usage: '[OPTIONS] NAME[:TAG|@DIGEST]',
  description: 'Get an image from its registry',
  args: exactArgs(1),
  flags: [allTags, trust, platform, quiet],
  run: pullImage,
  complete: completeImages,
};

/** Simplified: one tag at a time; the registry here cannot be asked which ones it has. */
async function pullImage(context: CommandContext): Promise<number> {
  const { api, args, flags, process, out, fail } = context;
  const name = args[0]!;
  const complaint = complaintAboutImage(name);
  const parsed = complaint === null ? parseImageReference(name) : null;
  if (parsed === null) return fail(complaint ?? 'invalid reference format');
  const isBare = parsed.tag === null && parsed.digest === null;
  if (flags.get(allTags))
    return fail(isBare ? 'docker pull --all-tags is not modelled here' : "tag can't be used with --all-tags/-a");
  const reference = isBare ? { ...parsed, tag: 'latest' } : parsed;
  if (isBare && !flags.get(quiet)) out('Using default tag: latest\n');
  const show = flags.get(quiet) ? () => undefined : jsonMessages(process.stdout);
  const { domain, path } = reference;
  const query = { fromImage: `${domain}/${path}`, tag: reference.digest ?? reference.tag ?? 'latest' };
  const stream = await api.stream('POST', '/images/create', { query }, show);
  const cancel = (): void => stream.cancel();
  process.signal.addEventListener('abort', cancel);
  try {
    await stream.done;
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    return fail(error.message);
  } finally {
    process.signal.removeEventListener('abort', cancel);
  }
  if (process.signal.aborted) throw new Interrupted('interrupted');
  out(
    `${domain}/${path}${reference.tag === null ? '' : `:${reference.tag}`}${reference.digest === null ? '' : `@${reference.digest}`}\n`,
  );
  return 0;
}
