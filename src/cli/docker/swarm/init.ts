/** `docker swarm init`. Source: `docker/cli: cli/command/swarm/init.go`. */
import type { SwarmInitRequest } from '../../../protocol/engine-api.ts';
import { type Flag, type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import { boolFlag, stringFlag, uint32Flag } from '../../flags/flag-types.ts';
import { cut } from '../../opts/cut.ts';
import { canonicalIp } from '../../opts/ip-address.ts';
import { ApiError, describeError } from '../client.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { availabilityFlag, chosenAvailability } from './availability.ts';
import { fetchUnlockKey, joinCommandText, unlockText } from './join-command-text.ts';
import { autolockFlag, emptySwarmSpec, listenAddr, mergeSwarmSpec, swarmFlags } from './swarm-flags.ts';

const advertiseAddr = stringFlag({
  name: 'advertise-addr',
  description: 'Address to tell the other nodes (format: "<ip|interface>[:port]")',
});
const dataPathAddr = stringFlag({
  name: 'data-path-addr',
  description: 'Address or interface for the traffic of containers (format: "<ip|interface>")',
});
const dataPathPort = uint32Flag({
  name: 'data-path-port',
  description: 'Port for the traffic of containers (1024 - 49151); 0 or none means 4789',
});
const defaultAddrPool: Flag<readonly string[]> = {
  name: 'default-addr-pool',
  valueWord: 'ipNetSlice',
  description: 'Addresses that networks are cut from, as CIDR',
  default: [],
  defaultText: '[]',
  accept(text, previous) {
    const networks = text.split(',').map(parseNetwork);
    const bad = networks.find((network) => !network.ok);
    if (bad && !bad.ok) return bad;
    return parsed([...(previous ?? []), ...networks.flatMap((network) => (network.ok ? [network.value] : []))]);
  },
};
const defaultAddrPoolMaskLength = uint32Flag({
  name: 'default-addr-pool-mask-length',
  default: 24,
  description: 'Length of the mask of a network cut from them',
});
const forceNewCluster = boolFlag({
  name: 'force-new-cluster',
  description: "Begin a new cluster of one manager from this node's state",
});
const autolock = autolockFlag('Lock managers: a stopped one needs a key to start again');

export const swarmInit: Command = {
  kind: 'command',
  name: 'init',
  usage: '[OPTIONS]',
  description: 'Begin a swarm on this node',
  args: noArgs,
  flags: [
    ...swarmFlags,
    listenAddr,
    advertiseAddr,
    dataPathAddr,
    dataPathPort,
    defaultAddrPool,
    defaultAddrPoolMaskLength,
    forceNewCluster,
    autolock,
    availabilityFlag,
  ],
  run: initSwarm,
};

async function initSwarm(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  const availability = chosenAvailability(flags);
  if (!availability.ok) return context.fail(availability.line);
  const body: Omit<SwarmInitRequest, 'Availability'> & { Availability: string } = {
    ListenAddr: flags.get(listenAddr),
    AdvertiseAddr: flags.get(advertiseAddr),
    DataPathAddr: flags.get(dataPathAddr),
    DataPathPort: flags.get(dataPathPort),
    ForceNewCluster: flags.get(forceNewCluster),
    Spec: mergeSwarmSpec(emptySwarmSpec(), flags, autolock),
    AutoLockManagers: flags.get(autolock),
    Availability: availability.value,
    DefaultAddrPool: [...flags.get(defaultAddrPool)],
    SubnetSize: flags.get(defaultAddrPoolMaskLength),
  };
  let nodeId: string;
  try {
    nodeId = await api.post<string>('/swarm/init', { body });
  } catch (error) {
    if (needsAdvertiseAddr(error)) return context.fail(`${describeError(error)} - specify one with --advertise-addr`);
    throw error;
  }
  context.out(`Swarm initialized: current node (${nodeId}) is now a manager.\n\n`);
  context.out(await joinCommandText(api, nodeId, 'worker'));
  context.out("To add a manager to this swarm, run 'docker swarm join-token manager' and follow the instructions.\n");
  if (flags.get(autolock)) context.out(unlockText(await fetchUnlockKey(api)));
  return 0;
}

function needsAdvertiseAddr(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return /could not choose an IP address to advertise|could not find the system's IP address/.test(error.message);
}

/** A network as CIDR, its host bits cleared. Simplified: IPv4 keeps its form; the daemon refuses the rest. */
function parseNetwork(text: string): ParseResult<string> {
  const { head: address, rest: length } = cut(text.trim(), '/');
  const ip = canonicalIp(address);
  const bits = Number(length);
  const widest = ip?.includes(':') ? 128 : 32;
  if (ip === null || length === null || !/^\d+$/.test(length) || bits > widest) {
    return unparsable(`invalid string being converted to CIDR: ${text}`);
  }
  return parsed(`${widest === 32 ? maskIpv4(ip, bits) : ip}/${bits}`);
}

function maskIpv4(ip: string, bits: number): string {
  return ip
    .split('.')
    .map((byte, index) => {
      const kept = Math.min(8, Math.max(0, bits - index * 8));
      return Number(byte) & (0xff00 >> kept) & 0xff;
    })
    .join('.');
}
