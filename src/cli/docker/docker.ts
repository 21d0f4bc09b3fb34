/**
 * The `docker` program: its tree of commands, the flags before them, its help, and what Tab offers.
 * Source: `docker/cli: cmd/docker/docker.go, cli/command/commands`.
 */

import { type CommandLine, parseCommandLine } from '../flags/flag-set.ts';
import { flagUsages } from '../flags/flag-usages.ts';
import type { Completer, Process, Program } from '../process.ts';
import { withDaemon } from './chosen-daemon.ts';
import type { Command, CommandContext, CommandGroup } from './command.ts';
import { completeCommandLine } from './complete-command-line.ts';
import { configGroup } from './config/config-group.ts';
import { containerGroup, containerShortcuts } from './container/container-group.ts';
import { contextCommand } from './context/context-command.ts';
import { imageGroup, imageShortcuts } from './image/image-group.ts';
import { searchCommand } from './image/search.ts';
import { networkCommand } from './network/network-command.ts';
import { nodeCommand } from './node/node-command.ts';
import { notModelled } from './not-modelled.ts';
import { builderGroup, manifestGroup, pluginGroup, trustGroup } from './not-modelled-groups.ts';
import { loginCommand, logoutCommand } from './registry/login.ts';
import { badFlagStatus, findCommand, helpPage, runAny, swarmPlace } from './root.ts';
import { rootFlags, rootFlagsComplaint, wantsVersion } from './root-flags.ts';
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
import { commandList, isShown } from './usage.ts';
import { volumeCommand } from './volume/volume-command.ts';

/** What docker has only with plugins of its client. */
const compose = {
  ...notModelled('compose', 'COMMAND', 'Stacks are the way here'),
  hidden: true,
  run: async ({ fail }: CommandContext) =>
    fail(
      'docker compose runs containers on one host; here a compose file becomes a stack: docker stack deploy -c FILE NAME',
    ),
};

/** Only with an experimental daemon. */
const checkpoint = {
  ...notModelled('checkpoint', 'COMMAND', 'Checkpoints of containers'),
  hidden: true,
  run: async ({ fail }: CommandContext) =>
    fail('docker checkpoint is only supported on a Docker daemon with experimental features enabled'),
};

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
  builderGroup,
  checkpoint,
  compose,
  contextCommand,
  loginCommand,
  logoutCommand,
  manifestGroup,
  networkCommand,
  nodeCommand,
  pluginGroup,
  searchCommand,
  secretGroup,
  serviceGroup,
  stackGroup,
  swarmCommand,
  systemCommand,
  trustGroup,
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

async function runWithoutCommand(process: Process, line: CommandLine): Promise<number> {
  if (line.help)
    process.stdout.write(`${line.notice === undefined ? '' : `${line.notice}\n`}${await rootHelp(process)}`);
  else if (wantsVersion(line.flags)) {
    process.stdout.write(`Docker version ${clientVersion.Version}, build ${clientVersion.GitCommit}\n`);
  } else process.stderr.write(await rootHelp(process));
  return 0;
}

async function runCommandLine(process: Process, line: CommandLine): Promise<number> {
  const [name = '', ...rest] = line.args;
  const complaint = rootFlagsComplaint(line.flags);
  if (complaint !== null) return fail(process, complaint);
  const endpoint = withDaemon(process, line.flags);
  if ('complaint' in endpoint) return fail(process, endpoint.complaint);
  if (name === 'help') return help(endpoint.process, rest);
  const command = findCommand(dockerCommands, name);
  if (!command)
    return fail(process, `docker: unknown command: docker ${name}\n\nRun 'docker --help' for more information`);
  return runAny(endpoint.process, { command, path: `docker ${command.name}` }, line.help ? ['--help', ...rest] : rest);
}

/** `docker help service ls`. */
async function help(process: Process, words: readonly string[]): Promise<number> {
  let commands = dockerCommands;
  let path = 'docker';
  let page = await rootHelp(process);
  for (const word of words) {
    const command = findCommand(commands, word);
    if (!command) return fail(process, `unknown help topic: ${word}`);
    path = `${path} ${command.name}`;
    page = await helpPage(process, { command, path });
    commands = command.kind === 'group' ? command.commands : [];
  }
  process.stdout.write(page);
  return 0;
}

function fail(process: Process, text: string): number {
  process.stderr.write(`${text}\n`);
  return 1;
}

async function rootHelp(process: Process): Promise<string> {
  const place = await swarmPlace(process);
  const columns = (process.stdout.terminal ?? process.stderr.terminal)?.columns ?? 80;
  const common = commonCommands.flatMap((name) => dockerCommands.find((command) => command.name === name) ?? []);
  const groups = dockerCommands.filter((command) => command.kind === 'group').filter((group) => isShown(group, place));
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
    'For more help on how to use Docker, head to https://docs.docker.com/go/guides/',
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
