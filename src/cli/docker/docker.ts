/**
 * The `docker` program: its tree of commands, the flags before them, its help, and what Tab offers.
 * Source: `docker/cli: cmd/docker/docker.go, cli/command/commands`.
 */

import { type CommandLine, parseCommandLine } from '../flags/flag-set.ts';
import { flagUsages } from '../flags/flag-usages.ts';
import type { Completer, Process, Program } from '../process.ts';
import type { Command, CommandGroup } from './command.ts';
import { completeCommandLine } from './complete-command-line.ts';
import { configGroup } from './config/config-group.ts';
import { containerGroup, containerShortcuts } from './container/container-group.ts';
import { hostAt } from './endpoint.ts';
import { imageGroup, imageShortcuts } from './image/image-group.ts';
import { networkCommand } from './network/network-command.ts';
import { nodeCommand } from './node/node-command.ts';
import { notModelled } from './not-modelled.ts';
import { badFlagStatus, findCommand, helpPage, runAny } from './root.ts';
import { givenEndpoint, rootFlags, rootFlagsComplaint, wantsVersion } from './root-flags.ts';
import { secretGroup } from './secret/secret-group.ts';
import { serviceGroup } from './service/service-group.ts';
import { stackGroup } from './stack/stack-group.ts';
import { swarmCommand } from './swarm/swarm-command.ts';
import { clientVersion } from './system/client-version.ts';
import { eventsCommand } from './system/events.ts';
import { infoCommand } from './system/info.ts';
import { inspectCommand } from './system/inspect.ts';
import { systemCommand } from './system/system-command.ts';
import { versionCommand } from './system/version.ts';
import { commandList } from './usage.ts';
import { volumeCommand } from './volume/volume-command.ts';

/** Groups of docker with nothing behind them here; its help has them under other headings. */
const hiddenGroups = ['builder', 'buildx', 'checkpoint', 'compose', 'context', 'manifest', 'plugin', 'trust'].map(
  (name) => ({
    ...notModelled(name, 'COMMAND', 'Not modelled here'),
    hidden: true,
  }),
);

/** All commands, in no order. */
export const dockerCommands: readonly (Command | CommandGroup)[] = [
  configGroup,
  containerGroup,
  ...containerShortcuts,
  eventsCommand,
  imageGroup,
  ...imageShortcuts,
  infoCommand,
  inspectCommand,
  ...hiddenGroups,
  notModelled('login', '[OPTIONS] [SERVER]', 'Log in to a registry'),
  notModelled('logout', '[SERVER]', 'Log out of a registry'),
  networkCommand,
  nodeCommand,
  notModelled('search', '[OPTIONS] TERM', 'Look for images on Docker Hub'),
  secretGroup,
  serviceGroup,
  stackGroup,
  swarmCommand,
  systemCommand,
  versionCommand,
  volumeCommand,
];

/** Those that `docker --help` puts first, in this order. */
const commonCommands: readonly string[] = 'run exec ps build pull push images login logout search version info'.split(
  ' ',
);

/** The program. Exit statuses as in docker 28: 125 for a bad flag, 1 for any other failure. */
export const docker: Program = async (process) => {
  const line = parseCommandLine(rootFlags, process.args, { interspersed: false });
  if (!line.ok) {
    process.stderr.write(
      `${line.message}\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information\n`,
    );
    return badFlagStatus;
  }
  return line.args.length === 0 ? runWithoutCommand(process, line) : runCommandLine(process, line);
};

/** Completes commands, flags, values of flags and names of objects. */
export const completeDocker: Completer = (words, host) => completeCommandLine(dockerCommands, words, host);

function runWithoutCommand(process: Process, line: CommandLine): number {
  if (line.help) process.stdout.write(`${line.notice === undefined ? '' : `${line.notice}\n`}${rootHelp(process)}`);
  else if (wantsVersion(line.flags)) {
    process.stdout.write(`Docker version ${clientVersion.Version}, build ${clientVersion.GitCommit}\n`);
  } else process.stderr.write(rootHelp(process));
  return 0;
}

async function runCommandLine(process: Process, line: CommandLine): Promise<number> {
  const [name = '', ...rest] = line.args;
  const complaint = rootFlagsComplaint(line.flags);
  if (complaint !== null) return fail(process, complaint);
  if (name === 'help') return help(process, rest);
  const command = findCommand(dockerCommands, name);
  if (!command)
    return fail(process, `docker: unknown command: docker ${name}\n\nRun 'docker --help' for more information`);
  const isTls = (process.env.get('DOCKER_TLS_VERIFY') ?? '') !== '';
  const host = hostAt(process.host, givenEndpoint(line.flags, process.env), isTls);
  const reached = { command, path: `docker ${command.name}` };
  return runAny({ ...process, host }, reached, line.help ? ['--help', ...rest] : rest);
}

/** `docker help service ls`. */
function help(process: Process, words: readonly string[]): number {
  let commands = dockerCommands;
  let path = 'docker';
  let page = rootHelp(process);
  for (const word of words) {
    const command = findCommand(commands, word);
    if (!command) return fail(process, `unknown help topic: ${word}`);
    path = `${path} ${command.name}`;
    page = helpPage(process, { command, path });
    commands = command.kind === 'group' ? command.commands : [];
  }
  process.stdout.write(page);
  return 0;
}

function fail(process: Process, text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

function rootHelp(process: Process): string {
  const columns = (process.stdout.terminal ?? process.stderr.terminal)?.columns ?? 80;
  const common = commonCommands.flatMap((name) => dockerCommands.find((command) => command.name === name) ?? []);
  const groups = dockerCommands.filter((command) => command.kind === 'group');
  const others = dockerCommands.filter((command) => command.kind === 'command' && !common.includes(command));
  const paragraphs = [
    'Usage:  docker [OPTIONS] COMMAND',
    "The command line of this host's Docker daemon",
    `Common Commands:\n${commandList(common, 'as given')}`,
    `Management Commands:\n${commandList(groups.filter((group) => group.section !== 'swarm'))}`,
    `Swarm Commands:\n${commandList(groups.filter((group) => group.section === 'swarm'))}`,
    `Commands:\n${commandList(others)}`,
    `Global Options:\n${flagUsages(rootFlags, columns - 1).trimEnd()}`,
    "Run 'docker COMMAND --help' for more information on a command.",
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
