/**
 * Making a container for `docker run` and `docker create`, pulling its image if the host lacks it.
 * Source: `cli: cli/command/container/create.go`, `cli/command/image/pull.go`.
 */
import { StreamError } from '../../../protocol/api.ts';
import { parseImageReference, withDefaultTag } from '../../opts/image-reference.ts';
import { ApiError, describeError, isNotFound } from '../client.ts';
import type { CommandContext } from '../command.ts';
import { jsonMessages } from '../progress/json-messages.ts';
import { containerFlags, createBody } from './container-flags.ts';

/** The new container's id; or the line that says why there is none. */
export type Created = { readonly ok: true; readonly id: string } | { readonly ok: false; readonly line: string };

export async function createContainer(context: CommandContext, isDetached: boolean): Promise<Created> {
  const { flags, args } = context;
  const pull = flags.get(containerFlags.pull);
  if (!['always', 'missing', 'never', ''].includes(pull))
    return { ok: false, line: `invalid pull option: '${pull}': must be one of "always", "missing" or "never"` };
  const body = createBody(context, isDetached);
  if (!body.ok) return { ok: false, line: body.message };
  const image = args[0]!;
  if (!parseImageReference(image)) {
    const upper = /[A-Z]/.test(image.split(':')[0]!);
    return {
      ok: false,
      line: `invalid reference format${upper ? `: repository name (library/${image}) must be lowercase` : ''}`,
    };
  }
  try {
    if (pull === 'always') await pullImage(context, image);
    return { ok: true, id: await post(context, body.value) };
  } catch (error) {
    if (!isMissingImage(error) || pull === 'never') return refusal(error);
  }
  try {
    if (!flags.get(containerFlags.quiet)) context.err(`Unable to find image '${withDefaultTag(image)}' locally\n`);
    await pullImage(context, image);
    return { ok: true, id: await post(context, body.value) };
  } catch (error) {
    return refusal(error);
  }
}

/** The daemon's refusal as a line; any other error is thrown on. */
export function refusal(error: unknown): { ok: false; line: string } {
  const line = describeError(error);
  if (line === null) throw error;
  return { ok: false, line };
}

function isMissingImage(error: unknown): boolean {
  return isNotFound(error) && (error as Error).message.startsWith('No such image');
}

async function post({ api, flags, err }: CommandContext, body: Record<string, unknown>): Promise<string> {
  const query = { name: flags.get(containerFlags.name) || undefined };
  const created = await api.post<{ Id: string; Warnings?: string[] | null }>('/containers/create', { query, body });
  for (const warning of created.Warnings ?? []) err(`WARNING: ${warning}\n`);
  return created.Id;
}

/** Pulls with its progress on standard error. */
export async function pullImage(context: CommandContext, image: string): Promise<void> {
  const isQuiet = context.flags.get(containerFlags.quiet);
  const { fromImage, tag } = nameAndTag(withDefaultTag(image));
  const show = isQuiet ? () => undefined : jsonMessages(context.process.stderr);
  const stream = await context.api.stream('POST', '/images/create', { query: { fromImage, tag } }, show);
  try {
    await stream.done;
  } catch (error) {
    if (error instanceof StreamError) throw new ApiError(500, error.message);
    throw error;
  }
}

/** The whole name without tag and digest, and either of these. */
function nameAndTag(image: string): { fromImage: string; tag: string } {
  const reference = parseImageReference(image);
  if (!reference) throw new Error(`no image reference: ${image}`);
  const { domain, path, tag, digest } = reference;
  return { fromImage: `${domain}/${path}`, tag: digest ?? tag ?? 'latest' };
}
