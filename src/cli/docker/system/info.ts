/** `docker info`. Source: `docker/cli: cli/command/system/info.go`. */

import { decodeJson } from '../../../go-template/go-json.ts';
import { createTemplate, type Template } from '../../../go-template/template.ts';
import { clientInfoType, infoType, serverInfo } from '../../../go-types/system.ts';
import type { Info } from '../../../protocol/engine-api.ts';
import { ApiError, describeError } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { clientVersion } from './client-version.ts';
import { serverInfoText } from './info-text.ts';

export const infoCommand: Command = {
  kind: 'command',
  name: 'info',
  aliasLine: 'docker system info, docker info',
  usage: '[OPTIONS]',
  description: 'Show what the daemon says of itself and of its host',
  args: noArgs,
  flags: [inspectFormatFlag],
  run: showInfo,
};

/** What could be learnt from the daemon. */
interface Answer {
  info: Info | null;
  /** The daemon refused: its words. */
  refusal: string | null;
  /** There is no daemon to ask. */
  unreachable: string | null;
}

const clientInfo = {
  Debug: false,
  ...clientVersion,
  // The client's own part does not know which version was agreed upon.
  ApiVersion: '',
  Plugins: [],
  Warnings: null,
};

async function showInfo(context: CommandContext): Promise<number> {
  const format = context.flags.get(inspectFormatFlag);
  if (format === '') return printInfo(context, await askServer(context));
  const template = createTemplate(format === 'json' ? '{{json .}}' : format);
  const answer = template.ok && !needsServer(template.template, format) ? nothing : await askServer(context);
  if (answer.refusal !== null) context.err(`${answer.refusal}\n`);
  const errors = answer.unreachable === null ? [] : [answer.unreachable];
  if (!template.ok) return context.fail([...errors, `template parsing error: ${template.message}`].join('\n'), 64);
  const value = {
    ...answer.info,
    ClientInfo: clientInfo,
    ...(answer.refusal !== null && { ServerErrors: [answer.refusal] }),
  };
  const result = template.template.execute({ type: infoType, value });
  context.out(`${result.text}\n`);
  if (!result.ok) errors.push(result.message);
  return errors.length === 0 ? 0 : context.fail(errors.join('\n'));
}

const nothing: Answer = { info: null, refusal: null, unreachable: null };

/** A template about the client alone is answered without a daemon. */
function needsServer(template: Template, format: string): boolean {
  if (format === 'json' || format === '{{json .}}' || !/\.[a-zA-Z]/.test(format)) return true;
  return !template.execute({ type: clientInfoType, value: { ClientInfo: clientInfo } }).ok;
}

async function askServer({ api }: CommandContext): Promise<Answer> {
  try {
    return { ...nothing, info: decodeJson<Info>(serverInfo, await api.get('/info')) };
  } catch (error) {
    const line = describeError(error);
    if (line === null) throw error;
    return error instanceof ApiError ? { ...nothing, refusal: line } : { ...nothing, unreachable: line };
  }
}

function printInfo(context: CommandContext, { info, refusal, unreachable }: Answer): number {
  context.out(
    `Client:\n Version:    ${clientVersion.Version}\n Context:    ${clientVersion.Context}\n Debug Mode: false\n\nServer:\n`,
  );
  if (info) context.out(serverInfoText(info));
  for (const warning of info?.Warnings ?? []) context.err(`${warning}\n`);
  if (refusal !== null) context.err(`ERROR: ${refusal}\n`);
  if (unreachable !== null) return context.fail(unreachable);
  return refusal === null ? 0 : context.fail('errors pretty printing info');
}
