/** `docker-machine env`: the commands that turn `docker` in this shell to a machine, or back. Source: `docker/machine: commands/env.go`. */
import type { Machine } from '../process.ts';
import { describeMissing, findMachine, type MachineCall, urlOf } from './machine-call.ts';

/** How a kind of shell sets and unsets a variable, and runs what a command prints. */
interface Dialect {
  set(name: string, value: string): string;
  unset(name: string): string;
  hint(command: string): string;
}

const posix: Dialect = {
  set: (name, value) => `export ${name}="${value}"`,
  unset: (name) => `unset ${name}`,
  hint: (command) => `# eval $(${command})`,
};

const dialects: Readonly<Record<string, Dialect>> = {
  fish: {
    set: (name, value) => `set -gx ${name} "${value}";`,
    unset: (name) => `set -e ${name};`,
    hint: (command) => `# eval (${command})`,
  },
  powershell: {
    set: (name, value) => `$Env:${name} = "${value}"`,
    unset: (name) => `Remove-Item Env:\\\\${name}`,
    hint: (command) => `# & ${command} | Invoke-Expression`,
  },
};

export async function environment(call: MachineCall): Promise<number> {
  const { options, process } = call;
  const dialect = dialects[options.value('s') ?? 'bash'] ?? posix;
  const command = ['docker-machine', ...process.args].join(' ');
  const end = ['# Run this command to configure your shell: ', dialect.hint(command)];
  const print = (lines: string[]): number => {
    call.out([...lines, ...end].join('\n'));
    return 0;
  };
  const names = ['DOCKER_TLS_VERIFY', 'DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_MACHINE_NAME'];
  if (options.has('u')) return print(names.map(dialect.unset));
  const [name, more] = options.operands;
  if (name === undefined) return call.fail('Error: No machine name(s) specified and no "default" machine exists');
  if (more !== undefined) return call.fail('Error: Expected one machine name as an argument');
  const machine = findMachine(process, name);
  if (!machine) return call.fail(describeMissing(name));
  if (!machine.state().power) return call.fail('Error checking TLS connection: Host is not running');
  const variables = variablesOf(machine, process.env.get('HOME') ?? '');
  if (options.has('p')) variables.push(['NO_PROXY', machine.address]);
  return print(variables.map(([variable, value]) => dialect.set(variable, value)));
}

function variablesOf(machine: Machine, home: string): [string, string][] {
  return [
    ['DOCKER_TLS_VERIFY', '1'],
    ['DOCKER_HOST', urlOf(machine)],
    ['DOCKER_CERT_PATH', `${home}/.docker/machine/machines/${machine.name}`],
    ['DOCKER_MACHINE_NAME', machine.name],
  ];
}
