/**
 * `docker-machine`: the machines of the world from any host's shell: their list, their addresses, the variables that turn `docker` to
 * one of them, a way in, and their switches.
 * Simplified: the world's machines are all there are: none can be made or removed here, and their driver is called virtualbox.
 * Source: `docker/machine: commands/`, version 0.16.
 */
import type { Completer, Process, Program } from '../process.ts';
import { parseOptions } from '../shell/options.ts';
import { environment } from './environment.ts';
import { inspect } from './inspect.ts';
import { list } from './list.ts';
import { describeMissing, findMachine, type MachineCall, machinesOf, urlOf } from './machine-call.ts';
import { kill, restart, start, stop } from './power.ts';
import { ssh } from './ssh.ts';

interface Subcommand {
  description: string;
  /** What follows the name in the usage line. */
  usage: string;
  /** In getopt's notation, as `parseOptions` has it. */
  short: string;
  long?: Readonly<Record<string, string>>;
  /** What follows the machine's name has options of its own. */
  stopAtOperand?: boolean;
  run(call: MachineCall): Promise<number>;
}

const VERSION = '0.16.2, build bd45ab13';

const ip = forEach(({ address }) => address);
const url = forEach((machine) => urlOf(machine));

const status = (call: MachineCall): Promise<number> =>
  one(call, async ({ state }) => {
    call.out(state().power ? 'Running' : 'Stopped');
    return 0;
  });

const active = async (call: MachineCall): Promise<number> => {
  const endpoint = call.process.env.get('DOCKER_HOST') ?? '';
  const machine = machinesOf(call.process).find((each) => each.state().power && urlOf(each) === endpoint);
  if (!machine) return call.fail('No active host found');
  call.out(machine.name);
  return 0;
};

const config = (call: MachineCall): Promise<number> =>
  one(call, async (machine) => {
    if (!machine.state().power) return call.fail('Error running connection boilerplate: Host is not running');
    const folder = `${call.process.env.get('HOME') ?? ''}/.docker/machine/machines/${machine.name}`;
    call.out(
      `--tlsverify\n--tlscacert="${folder}/ca.pem"\n--tlscert="${folder}/cert.pem"\n--tlskey="${folder}/key.pem"\n-H=${urlOf(machine)}`,
    );
    return 0;
  });

const create = async (call: MachineCall): Promise<number> => {
  const [name] = call.options.operands;
  if (name === undefined) return call.fail('Error: No machine name specified');
  if (findMachine(call.process, name)) return call.fail(`Docker machine "${name}" already exists`);
  const names = machinesOf(call.process).map((machine) => machine.name);
  return call.fail(
    `Error with pre-create check: "the machines of this world are there from the beginning (${names.join(', ')}), and no others can be created"`,
  );
};

const remove = async (call: MachineCall): Promise<number> => {
  if (call.options.operands.length === 0)
    return call.fail('Error: Expected to get one or more machine names as arguments');
  for (const name of call.options.operands) {
    if (!findMachine(call.process, name)) call.fail(`Error removing host "${name}": ${describeMissing(name)}`);
    else
      call.fail(
        `Provider error removing machine "${name}": the machines of this world cannot be removed; docker-machine kill ${name} takes its power`,
      );
  }
  return 1;
};

const version = async (call: MachineCall): Promise<number> => {
  call.out(`docker-machine version ${VERSION}`);
  return 0;
};

const NAMES = '[arg...]';

const subcommands: ReadonlyMap<string, Subcommand> = new Map<string, Subcommand>([
  ['active', { description: 'Print which machine docker talks to', usage: NAMES, short: 't:', run: active }],
  ['config', { description: "Print docker's flags for a machine", usage: NAMES, short: '', run: config }],
  ['create', { description: 'Create a machine', usage: NAMES, short: 'd:', long: { driver: 'd' }, run: create }],
  [
    'env',
    {
      description: 'Print the commands that turn docker to a machine',
      usage: NAMES,
      short: 'us:Sp',
      long: { unset: 'u', shell: 's', swarm: 'S', 'no-proxy': 'p' },
      run: environment,
    },
  ],
  [
    'inspect',
    { description: 'Print what is known of a machine', usage: NAMES, short: 'f:', long: { format: 'f' }, run: inspect },
  ],
  ['ip', { description: "Print machines' addresses", usage: NAMES, short: '', run: ip }],
  ['kill', { description: 'Take the power from machines', usage: NAMES, short: '', run: kill }],
  [
    'ls',
    {
      description: 'List machines',
      usage: NAMES,
      short: 'qf:t:F:',
      long: { quiet: 'q', filter: 'F', timeout: 't', format: 'f' },
      run: list,
    },
  ],
  ['restart', { description: 'Stop machines and start them again', usage: NAMES, short: '', run: restart }],
  ['rm', { description: 'Remove machines', usage: NAMES, short: 'fy', long: { force: 'f' }, run: remove }],
  [
    'ssh',
    {
      description: 'Log in to a machine, or run a command there',
      usage: NAMES,
      short: '',
      stopAtOperand: true,
      run: ssh,
    },
  ],
  ['start', { description: 'Give machines power', usage: NAMES, short: '', run: start }],
  ['status', { description: 'Print whether a machine runs', usage: NAMES, short: '', run: status }],
  ['stop', { description: 'Shut machines down', usage: NAMES, short: '', run: stop }],
  ['url', { description: "Print machines' endpoints", usage: NAMES, short: '', run: url }],
  ['version', { description: "Print docker-machine's version", usage: NAMES, short: '', run: version }],
]);

/** The program. */
export const dockerMachine: Program = async (process) => {
  const [name, ...args] = process.args;
  if (name === '--version' || name === '-v') {
    process.stdout.write(`docker-machine version ${VERSION}\n`);
    return 0;
  }
  if (name === undefined || ['help', '--help', '-h'].includes(name)) return help(process, args[0]);
  const subcommand = subcommands.get(name);
  if (!subcommand) {
    process.stderr.write(`docker-machine: '${name}' is not a docker-machine command. See 'docker-machine --help'.\n`);
    return 1;
  }
  if (args.includes('--help') && name !== 'ssh') return help(process, name);
  const parsed = parseOptions('docker-machine', withoutDriverFlags(name, args), subcommand);
  if (!parsed.ok) {
    process.stderr.write(`Incorrect Usage.\n\n${usageOf(name, subcommand)}`);
    process.stderr.write(`${parsed.error.message.split('\n')[0]}\n`);
    return 1;
  }
  const call: MachineCall = {
    process,
    options: parsed.options,
    out: (line) => process.stdout.write(`${line}\n`),
    note: (line) => process.stdout.write(`${line}\n`),
    fail: (line) => {
      process.stderr.write(`${line}\n`);
      return 1;
    },
  };
  return subcommand.run(call);
};

/** `create` takes flags of drivers, which say how big a machine is to be. */
function withoutDriverFlags(name: string, args: readonly string[]): string[] {
  if (name !== 'create') return [...args];
  return args.filter(
    (word, index) =>
      !/^--(virtualbox|engine|swarm)-/.test(word) && !/^--(virtualbox|engine|swarm)-[^=]*$/.test(args[index - 1] ?? ''),
  );
}

function help(process: Process, name: string | undefined): number {
  const subcommand = name === undefined ? undefined : subcommands.get(name);
  if (subcommand) {
    process.stdout.write(usageOf(name!, subcommand));
    return 0;
  }
  const rows = [...subcommands].map(([each, { description }]) => `  ${each.padEnd(10)}${description}\n`);
  process.stdout.write(
    `Usage: docker-machine [OPTIONS] COMMAND [arg...]\n\nThe machines of this world.\n\nVersion: ${VERSION}\n\nCommands:\n${rows.join('')}\nRun 'docker-machine COMMAND --help' for more information on a command.\n`,
  );
  return 0;
}

function usageOf(name: string, { description, usage, long }: Subcommand): string {
  const options = Object.entries(long ?? {}).map(([word, letter]) => `   --${word}, -${letter}\n`);
  const shown = options.length === 0 ? '' : `\nOptions:\n\n${options.join('')}`;
  return `Usage: docker-machine ${name} ${options.length > 0 ? '[OPTIONS] ' : ''}${usage}\n\n${description}\n${shown}`;
}

/** A command that prints a line for each machine that is named and runs. */
function forEach(line: (machine: ReturnType<typeof machinesOf>[number]) => string) {
  return async (call: MachineCall): Promise<number> => {
    const names = call.options.operands;
    if (names.length === 0) return call.fail('Error: No machine name(s) specified and no "default" machine exists');
    let result = 0;
    for (const name of names) {
      const machine = findMachine(call.process, name);
      if (!machine) result = call.fail(describeMissing(name));
      else if (!machine.state().power) result = call.fail('Host is not running');
      else call.out(line(machine));
    }
    return result;
  };
}

async function one(
  call: MachineCall,
  run: (machine: ReturnType<typeof machinesOf>[number]) => Promise<number>,
): Promise<number> {
  const [name, more] = call.options.operands;
  if (name === undefined) return call.fail('Error: No machine name(s) specified and no "default" machine exists');
  if (more !== undefined) return call.fail('Error: Expected one machine name as an argument');
  const machine = findMachine(call.process, name);
  return machine ? run(machine) : call.fail(describeMissing(name));
}

/** Commands, then names of machines. */
export const completeDockerMachine: Completer = async (words, host) =>
  words.length <= 2 ? [...subcommands.keys()] : (host.machines ?? []).map(({ name }) => name);
