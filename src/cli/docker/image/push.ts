/** `docker push`. Source: `cli: cli/command/image/push.go`. Simplified: one tag at a time; nothing is signed. */
import { StreamError } from '../../../protocol/api.ts';
import { flagLines } from '../../flags/flag-lines.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { complaintAboutImage, parseImageReference } from '../../opts/image-reference.ts';
import { Interrupted } from '../client.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { completeImages } from '../completion.ts';
import { jsonMessages } from '../progress/json-messages.ts';
import { authHeader } from '../registry/credentials.ts';

const allTags = boolFlag({ name: 'all-tags', shorthand: 'a', description: 'Send all tags of the repository' });
const quiet = boolFlag({ name: 'quiet', shorthand: 'q', description: 'Print the name alone' });
const ignored = flagLines(`
  --disable-content-trust  Do not sign (default true)
  --platform string  Send the variant for this platform alone ('os[/arch[/variant]]')
`);

export const pushCommand: Command = {
  kind: 'command',
  name: 'push',
  aliasLine: 'docker image push, docker push',
  usage: '[OPTIONS] NAME[:TAG]',
  description: 'Send an image to its registry',
  args: exactArgs(1),
  flags: [allTags, quiet, ...ignored],
  run: pushImage,
  complete: completeImages,
};

async function pushImage(context: CommandContext): Promise<number> {
  const { api, args, fail, flags, out, process } = context;
  const name = args[0]!;
  const complaint = complaintAboutImage(name);
  const parsed = complaint === null ? parseImageReference(name) : null;
  if (!parsed) return fail(complaint ?? 'invalid reference format');
  if (flags.get(allTags)) {
    if (parsed.tag !== null) return fail("tag can't be used with --all-tags/-a");
    return fail('docker push --all-tags is not modelled here');
  }
  const reference = parsed.tag === null && parsed.digest === null ? { ...parsed, tag: 'latest' } : parsed;
  if (parsed.tag === null && !flags.get(quiet)) out('Using default tag: latest\n');
  const show = flags.get(quiet) ? () => undefined : jsonMessages(process.stdout);
  const headers = { 'X-Registry-Auth': authHeader(process, reference.domain) };
  const query = { tag: reference.tag ?? '' };
  const stream = await api.stream(
    'POST',
    `/images/${reference.domain}/${reference.path}/push`,
    { query, headers },
    show,
  );
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
  if (flags.get(quiet)) out(`${reference.domain}/${reference.path}:${reference.tag}\n`);
  return 0;
}
