/** `docker port`. Source: `cli: cli/command/container/port.go`. */
import type { ContainerInspect } from '../../../protocol/engine-api.ts';
import { decimalOrFault } from '../../opts/go-number.ts';
import { compareNaturally } from '../../table/natural-order.ts';
import type { ArgsRule, Command, CommandContext } from '../command.ts';
import { completeContainers } from '../completion.ts';

const oneOrTwo: ArgsRule = (args) =>
  args.length === 1 || args.length === 2
    ? null
    : { complaint: 'requires at least 1 and at most 2 arguments', hint: 'Run' };

export const portCommand: Command = {
  kind: 'command',
  name: 'port',
  aliasLine: 'docker container port, docker port',
  usage: 'CONTAINER [PRIVATE_PORT[/PROTO]]',
  description: 'List port mappings or a specific mapping for the container',
  args: oneOrTwo,
  flags: [],
  run: showPorts,
  complete: completeContainers,
};

type Bindings = Record<string, { HostIp: string; HostPort: string }[] | null>;

async function showPorts({ api, args, out, fail }: CommandContext): Promise<number> {
  const [name = '', wanted] = args;
  const { NetworkSettings } = await api.get<ContainerInspect>(`/containers/${name}/json`);
  const ports = (NetworkSettings.Ports ?? {}) as Bindings;
  const line = ({ HostIp, HostPort }: { HostIp: string; HostPort: string }): string =>
    `${HostIp.includes(':') ? `[${HostIp}]` : HostIp}:${HostPort}`;
  if (wanted !== undefined) {
    const [port = '', protocol = 'tcp'] = wanted.split('/');
    const fault = decimalOrFault(port, 16);
    if (typeof fault === 'string')
      return fail(`Error: invalid port (${wanted}): strconv.ParseUint: parsing "${port}": ${fault}`);
    const bindings = ports[`${port}/${protocol}`];
    if (!bindings?.length) return fail(`Error: No public port '${wanted}' published for ${name}`);
    out(bindings.map((binding) => `${line(binding)}\n`).join(''));
    return 0;
  }
  const lines = Object.entries(ports).flatMap(([port, bindings]) =>
    (bindings ?? []).map((binding) => `${port} -> ${line(binding)}`),
  );
  out(
    lines
      .toSorted(compareNaturally)
      .map((text) => `${text}\n`)
      .join(''),
  );
  return 0;
}
