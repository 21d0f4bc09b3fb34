/**
 * `docker update`: limits and the restart policy of containers. Source: `cli: cli/command/container/update.go`.
 * Memory, CPUs and the policy have an effect here; other limits are sent, and the daemon does not act on them.
 */

import { valueFlag } from '../../flags/flag.ts';
import { flagLines } from '../../flags/flag-lines.ts';
import { stringFlag } from '../../flags/flag-types.ts';
import { parseMemoryBytes, parseMemorySwap } from '../../opts/memory-bytes.ts';
import { parseNanoCpus } from '../../opts/nano-cpus.ts';
import { type Command, type CommandContext, requiresMinArgs } from '../command.ts';
import { completeAllContainers } from '../completion.ts';
import { restartPolicy } from './container-flags.ts';
import { errorLine } from './for-each-container.ts';

const memory = valueFlag({
  name: 'memory',
  shorthand: 'm',
  description: 'Memory they may use at most',
  valueWord: 'bytes',
  default: 0,
  parse: parseMemoryBytes,
});
const memorySwap = valueFlag({
  name: 'memory-swap',
  description: "Memory and swap together; '-1': as much swap as there is",
  valueWord: 'bytes',
  default: 0,
  parse: parseMemorySwap,
});
const cpus = valueFlag({
  name: 'cpus',
  description: 'CPUs they may use at most',
  valueWord: 'decimal',
  default: 0,
  parse: parseNanoCpus,
});
const restart = stringFlag({
  name: 'restart',
  description: 'When to start them again',
  values: ['always', 'no', 'on-failure', 'unless-stopped'],
});
/** Names as the API has them. */
const otherLimits: Readonly<Record<string, string>> = {
  'blkio-weight': 'BlkioWeight',
  'cpu-period': 'CpuPeriod',
  'cpu-quota': 'CpuQuota',
  'cpu-rt-period': 'CpuRealtimePeriod',
  'cpu-rt-runtime': 'CpuRealtimeRuntime',
  'cpu-shares': 'CpuShares',
  'cpuset-cpus': 'CpusetCpus',
  'cpuset-mems': 'CpusetMems',
  'memory-reservation': 'MemoryReservation',
  'pids-limit': 'PidsLimit',
};
const others = flagLines(`
  --blkio-weight uint16  Weight of its block I/O, 10 to 1000; 0 for none (default 0)
  --cpu-period int  Period of the CPU quota
  --cpu-quota int  CPU time in a period
  --cpu-rt-period int  Period of real-time CPU, in microseconds
  --cpu-rt-runtime int  Real-time CPU in a period, in microseconds
  -c, --cpu-shares int  Share of the CPUs, as a weight
  --cpuset-cpus string  CPUs to run on (0-3, 0,1)
  --cpuset-mems string  Memory nodes to use (0-3, 0,1)
  --memory-reservation bytes  Memory that is kept for them
  --pids-limit int  Processes they may have; -1: as many as they like
`);

export const updateCommand: Command = {
  kind: 'command',
  name: 'update',
  aliasLine: 'docker container update, docker update',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Change the limits of containers',
  args: requiresMinArgs(1),
  flags: [cpus, memory, memorySwap, restart, ...others],
  run: updateContainers,
  complete: completeAllContainers,
};

async function updateContainers(context: CommandContext): Promise<number> {
  const { api, args, err, fail, flags, out } = context;
  if (!updateCommand.flags.some((flag) => flags.changed(flag)))
    return fail('you must provide one or more flags when using this command');
  const policy = restartPolicy(flags.get(restart));
  if (!policy.ok) return fail(policy.message);
  const body = {
    Memory: flags.get(memory),
    MemorySwap: flags.get(memorySwap),
    NanoCpus: flags.get(cpus),
    RestartPolicy: policy.value,
    ...Object.fromEntries(
      others.filter((flag) => flags.changed(flag)).map((flag) => [otherLimits[flag.name], flags.get(flag)]),
    ),
  };
  const errors: string[] = [];
  for (const name of args) {
    const error = await errorLine(async () => {
      const { Warnings } = await api.post<{ Warnings: string[] | null }>(`/containers/${name}/update`, { body });
      out(`${name}\n`);
      for (const warning of Warnings ?? []) err(`${warning}\n`);
    });
    if (error !== null) errors.push(error);
  }
  return errors.length === 0 ? 0 : fail(errors.join('\n'));
}
