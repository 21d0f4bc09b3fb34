/** `docker network create`. Source: `docker/cli: cli/command/network/create.go`. */
import type { IpamConfig, NetworkCreateRequest, NetworkCreateResponse } from '../../../protocol/engine-api.ts';
import { listFlag } from '../../flags/flag.ts';
import type { ParsedFlags } from '../../flags/flag-set.ts';
import { boolFlag, commaListFlag, mapFlag, stringFlag } from '../../flags/flag-types.ts';
import { parseLabel, sortedRecord, toRecord } from '../../opts/key-value.ts';
import { type Command, type CommandContext, exactArgs } from '../command.ts';
import { isInSubnet, isPrefix } from './subnet.ts';

const driver = stringFlag({
  name: 'driver',
  shorthand: 'd',
  default: 'bridge',
  description: 'What drives the network',
});
const options = mapFlag({ name: 'opt', shorthand: 'o', description: 'Options for the driver' });
const labels = listFlag({ name: 'label', description: 'Labels of the network', parse: parseLabel });
const internal = boolFlag({ name: 'internal', description: 'No way out of the network' });
const ipv4 = boolFlag({ name: 'ipv4', default: true, description: 'Give out IPv4 addresses' });
const ipv6 = boolFlag({ name: 'ipv6', description: 'Give out IPv6 addresses' });
const attachable = boolFlag({ name: 'attachable', description: 'Let containers join that belong to no service' });
const ingress = boolFlag({ name: 'ingress', description: 'Make it the network of the routing mesh' });
const scope = stringFlag({ name: 'scope', description: 'Where the network is: on this node or in the swarm' });
const configOnly = boolFlag({ name: 'config-only', description: 'Make a set of settings for other networks only' });
const configFrom = stringFlag({ name: 'config-from', description: 'Network whose settings are copied' });
const ipamDriver = stringFlag({ name: 'ipam-driver', default: 'default', description: 'What gives out addresses' });
const ipamOptions = mapFlag({ name: 'ipam-opt', description: 'Options for what gives out addresses' });
const subnets = commaListFlag({ name: 'subnet', description: 'Addresses of the network, as CIDR' });
const ranges = commaListFlag({
  name: 'ip-range',
  description: 'Part of the subnet that containers get addresses from',
});
const gateways = commaListFlag({ name: 'gateway', description: 'Gateway of the subnet' });
const auxAddresses = mapFlag({ name: 'aux-address', description: 'Addresses that the driver uses otherwise' });

export const networkCreate: Command = {
  kind: 'command',
  name: 'create',
  usage: '[OPTIONS] NETWORK',
  description: 'Make a network',
  args: exactArgs(1),
  flags: [
    driver,
    options,
    labels,
    internal,
    ipv4,
    ipv6,
    attachable,
    ingress,
    scope,
    configOnly,
    configFrom,
    ipamDriver,
    ipamOptions,
    subnets,
    ranges,
    gateways,
    auxAddresses,
  ],
  run: createNetwork,
};

async function createNetwork(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  const ipam = ipamConfigs(flags);
  if ('complaint' in ipam) return context.fail(ipam.complaint);
  const body: Omit<NetworkCreateRequest, 'ConfigFrom'> & { ConfigFrom: { Network: string } | null } = {
    Driver: flags.get(driver),
    Scope: flags.get(scope),
    ...(flags.changed(ipv4) && { EnableIPv4: flags.get(ipv4) }),
    ...(flags.changed(ipv6) && { EnableIPv6: flags.get(ipv6) }),
    IPAM: {
      Driver: flags.get(ipamDriver),
      Options: sortedRecord(Object.entries(flags.get(ipamOptions))),
      Config: ipam.configs,
    },
    Internal: flags.get(internal),
    Attachable: flags.get(attachable),
    Ingress: flags.get(ingress),
    ConfigOnly: flags.get(configOnly),
    ConfigFrom: flags.get(configFrom) === '' ? null : { Network: flags.get(configFrom) },
    Options: sortedRecord(Object.entries(flags.get(options))),
    Labels: toRecord(flags.get(labels)),
    Name: context.args[0]!,
  };
  const created = await api.post<NetworkCreateResponse>('/networks/create', { body });
  context.out(`${created.Id}\n`);
  return 0;
}

/** Subnets with the ranges, gateways and other addresses that lie in them; or why they do not fit together. */
function ipamConfigs(flags: ParsedFlags): { configs: IpamConfig[] } | { complaint: string } {
  const networks = flags.get(subnets);
  if (networks.length < flags.get(ranges).length || networks.length < flags.get(gateways).length) {
    return { complaint: 'every ip-range or gateway must have a corresponding subnet' };
  }
  const configs = new Map<string, IpamConfig>();
  for (const subnet of networks) {
    // What is compared with nothing is left to the daemon.
    for (const other of configs.keys()) {
      const wrong = notComparable(subnet, other);
      if (wrong !== null) return { complaint: wrong };
    }
    if ([...configs.keys()].some((other) => isInSubnet(subnet, other) || isInSubnet(other, subnet))) {
      return { complaint: 'multiple overlapping subnet configuration is not supported' };
    }
    configs.set(subnet, { Subnet: subnet });
  }
  const complaint =
    place(configs, flags.get(ranges), 'IPRange', 'range') ??
    place(configs, flags.get(gateways), 'Gateway', 'gateway') ??
    placeAuxAddresses(configs, flags.get(auxAddresses));
  return complaint === null ? { configs: [...configs.values()] } : { complaint };
}

/** Why a subnet cannot be held against another one, or against nothing but an address. */
function notComparable(subnet: string, other: string | null): string | null {
  if (!isPrefix(subnet)) return `invalid subnet: invalid CIDR address: ${subnet}`;
  return other !== null && !isPrefix(other) ? `invalid CIDR address: ${other}` : null;
}

function place(
  configs: Map<string, IpamConfig>,
  addresses: readonly string[],
  field: 'IPRange' | 'Gateway',
  word: string,
): string | null {
  for (const address of addresses) {
    for (const subnet of configs.keys()) {
      const wrong = notComparable(subnet, field === 'IPRange' || address.includes('/') ? address : null);
      if (wrong !== null) return wrong;
    }
    const found = [...configs].find(([subnet]) => isInSubnet(address, subnet));
    if (!found) return `no matching subnet for ${word} ${address}`;
    const [subnet, config] = found;
    const before = config[field];
    if (before !== undefined) {
      const place = field === 'IPRange' ? 'on the same' : 'for the same';
      return `cannot configure multiple ${word}s (${address}, ${before}) ${place} subnet (${subnet})`;
    }
    config[field] = address;
  }
  return null;
}

function placeAuxAddresses(
  configs: Map<string, IpamConfig>,
  addresses: Readonly<Record<string, string>>,
): string | null {
  for (const [name, address] of Object.entries(addresses)) {
    for (const subnet of configs.keys()) {
      const wrong = notComparable(subnet, null);
      if (wrong !== null) return wrong;
    }
    const found = [...configs].find(([subnet]) => isInSubnet(address, subnet));
    if (!found) return `no matching subnet for aux-address ${address}`;
    found[1].AuxiliaryAddresses = { ...found[1].AuxiliaryAddresses, [name]: address };
  }
  return null;
}
