/** `docker swarm join`. Source: `docker/cli: cli/command/swarm/join.go`. */
import type { Info } from '../../../protocol/engine-api.ts';
import { stringFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { availabilityFlag, chosenAvailability } from './availability.ts';
import { listenAddr } from './swarm-flags.ts';

const advertiseAddr = stringFlag({
  name: 'advertise-addr',
  description: 'Address to tell the other nodes (format: "<ip|interface>[:port]")',
});
const dataPathAddr = stringFlag({
  name: 'data-path-addr',
  description: 'Address or interface for the traffic of containers (format: "<ip|interface>")',
});
const token = stringFlag({ name: 'token', description: 'Token that lets the node in, as a worker or as a manager' });

export const swarmJoin: Command = {
  kind: 'command',
  name: 'join',
  usage: '[OPTIONS] HOST:PORT',
  description: 'Make this node part of a swarm',
  args: exactArgs(1),
  flags: [listenAddr, advertiseAddr, dataPathAddr, token, availabilityFlag],
  run: joinSwarm,
};

async function joinSwarm(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  const availability = chosenAvailability(flags);
  if (!availability.ok) return context.fail(availability.line);
  await api.post('/swarm/join', {
    body: {
      ListenAddr: flags.get(listenAddr),
      AdvertiseAddr: flags.get(advertiseAddr),
      DataPathAddr: flags.get(dataPathAddr),
      RemoteAddrs: [context.args[0]!],
      JoinToken: flags.get(token),
      Availability: availability.value,
    },
  });
  const info = await api.get<Info>('/info');
  context.out(`This node joined a swarm as a ${info.Swarm.ControlAvailable ? 'manager' : 'worker'}.\n`);
  return 0;
}
