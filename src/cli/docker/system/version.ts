/** `docker version`. Source: `docker/cli: cli/command/system/version.go`. */

import { createTemplate } from '../../../go-template/template.ts';
import { versionType } from '../../../go-types/system.ts';
import { ConnectionError } from '../../../protocol/api.ts';
import type { VersionInfo } from '../../../protocol/engine-api.ts';
import { alignTabs } from '../../table/tab-writer.ts';
import { ApiError, describeError } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { clientVersion } from './client-version.ts';

export const versionCommand: Command = {
  kind: 'command',
  name: 'version',
  usage: '[OPTIONS]',
  description: 'Show versions of the command line and of the daemon',
  args: noArgs,
  flags: [inspectFormatFlag],
  run: showVersion,
};

/** Columns of `docker version` are wider than those of listings and closer together. */
const versionTabs = { minimum: 20, padding: 1 };

async function showVersion(context: CommandContext): Promise<number> {
  const format = context.flags.get(inspectFormatFlag);
  const template = createTemplate(format === 'json' ? '{{json .}}' : format, 'version');
  if (!template.ok) return context.fail(`template parsing error: ${template.message}`, 64);
  const { server, error } = await askServer(context);
  if (format === '') {
    context.out(alignTabs(`${clientText()}${server ? `\n\n${serverText(server)}` : ''}\n`, versionTabs));
    return error === null ? 0 : context.fail(error);
  }
  const result = template.template.execute({ type: versionType, value: { Client: clientVersion, Server: server } });
  context.out(alignTabs(`${result.text}\n`, versionTabs));
  if (error !== null) return context.fail(error);
  return result.ok ? 0 : context.fail(result.message);
}

async function askServer({ api }: CommandContext): Promise<{ server: VersionInfo | null; error: string | null }> {
  try {
    return { server: withReadableDates(await api.get<VersionInfo>('/version')), error: null };
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError)
      return { server: null, error: describeError(error) };
    throw error;
  }
}

function withReadableDates(version: VersionInfo): VersionInfo {
  const components = version.Components ?? [];
  const engine = {
    Name: 'Engine',
    Version: version.Version,
    Details: {
      ApiVersion: version.ApiVersion,
      Arch: version.Arch,
      BuildTime: version.BuildTime,
      Experimental: 'false',
      GitCommit: version.GitCommit,
      GoVersion: version.GoVersion,
      MinAPIVersion: version.MinAPIVersion,
      Os: version.Os,
    },
  };
  const known = components.some((component) => component.Name === 'Engine') ? components : [engine, ...components];
  return {
    ...version,
    Components: known.map((component) => {
      const details = component.Details;
      return details?.BuildTime
        ? { ...component, Details: { ...details, BuildTime: readableDate(details.BuildTime) } }
        : component;
    }),
  };
}

function clientText(): string {
  const { Version, ApiVersion, GoVersion, GitCommit, BuildTime, Os, Arch, Context } = clientVersion;
  return [
    'Client:',
    ` Version:\t${Version}`,
    ` API version:\t${ApiVersion}`,
    ` Go version:\t${GoVersion}`,
    ` Git commit:\t${GitCommit}`,
    ` Built:\t${BuildTime}`,
    ` OS/Arch:\t${Os}/${Arch}`,
    ` Context:\t${Context}`,
  ].join('\n');
}

function serverText(server: VersionInfo): string {
  const platform = server.Platform?.Name ? ` ${server.Platform.Name}` : '';
  return [`Server:${platform}`, ...server.Components.flatMap(componentLines)].join('\n');
}

function componentLines({
  Name: name,
  Version: version,
  Details: details = {},
}: VersionInfo['Components'][number]): string[] {
  if (name !== 'Engine') {
    const rest = Object.keys(details).sort();
    return [` ${name}:`, `  Version:\t${version}`, ...rest.map((key) => `  ${key}:\t${details[key]}`)];
  }
  const detail = (key: string) => details[key] ?? '';
  return [
    ' Engine:',
    `  Version:\t${version}`,
    `  API version:\t${detail('ApiVersion')} (minimum version ${detail('MinAPIVersion')})`,
    `  Go version:\t${detail('GoVersion')}`,
    `  Git commit:\t${detail('GitCommit')}`,
    `  Built:\t${detail('BuildTime')}`,
    `  OS/Arch:\t${detail('Os')}/${detail('Arch')}`,
    `  Experimental:\t${detail('Experimental')}`,
  ];
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `2025-05-30T12:07:14Z` as `Fri May 30 12:07:14 2025`; other texts as they are. */
function readableDate(time: string): string {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(time);
  if (!match) return time;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return `${weekdays[weekday(year, month, day)]} ${months[month - 1]} ${String(day).padStart(2)} ${match[4]} ${year}`;
}

/** Day of the week, Sunday = 0 (Sakamoto's method). */
function weekday(year: number, month: number, day: number): number {
  const shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
  const from = month < 3 ? year - 1 : year;
  return (from + Math.floor(from / 4) - Math.floor(from / 100) + Math.floor(from / 400) + shifts[month - 1]! + day) % 7;
}
