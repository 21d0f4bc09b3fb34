/** `docker network connect` and `disconnect`. Source: `cli: cli/command/network/connect.go, disconnect.go`. */
import { boolFlag, commaListFlag, intFlag, stringFlag, stringListFlag } from '../../flags/flag-types.ts';
import { type Command, exactArgs } from '../command.ts';
import { completeAllContainers, completeNetworks } from '../completion.ts';

const alias = commaListFlag({ name: 'alias', description: 'Further names in this network' });
const driverOpt = commaListFlag({ name: 'driver-opt', description: 'Options for the driver' });
const gwPriority = intFlag({
  name: 'gw-priority',
  description: 'The network with the highest one has the default route',
});
const ip = stringFlag({ name: 'ip', description: 'IPv4 address to give it ("172.30.100.104")' });
const ip6 = stringFlag({ name: 'ip6', description: 'IPv6 address to give it ("2001:db8::33")' });
const link = stringListFlag({ name: 'link', description: 'Container to link to' });
const linkLocalIp = commaListFlag({ name: 'link-local-ip', description: 'Link-local addresses to give it' });

export const networkConnect: Command = {
  kind: 'command',
  name: 'connect',
  usage: '[OPTIONS] NETWORK CONTAINER',
  description: 'Connect a container to a network',
  args: exactArgs(2),
  flags: [alias, driverOpt, gwPriority, ip, ip6, link, linkLocalIp],
  run: async ({ api, args, flags }) => {
    const [network, Container] = args;
    const address = flags.get(ip);
    const EndpointConfig = {
      IPAMConfig: address === '' ? null : { IPv4Address: address },
      Links: null,
      Aliases: flags.get(alias).length > 0 ? flags.get(alias) : null,
    };
    await api.post(`/networks/${network}/connect`, { body: { Container, EndpointConfig } });
    return 0;
  },
  complete: (context) => (context.words.length === 0 ? completeNetworks(context) : completeAllContainers(context)),
};

const force = boolFlag({
  name: 'force',
  shorthand: 'f',
  description: 'Disconnect it even if that cannot be done in good order',
});

export const networkDisconnect: Command = {
  kind: 'command',
  name: 'disconnect',
  usage: '[OPTIONS] NETWORK CONTAINER',
  description: 'Disconnect a container from a network',
  args: exactArgs(2),
  flags: [force],
  run: async ({ api, args, flags }) => {
    const [network, Container] = args;
    await api.post(`/networks/${network}/disconnect`, { body: { Container, Force: flags.get(force) } });
    return 0;
  },
  complete: (context) => (context.words.length === 0 ? completeNetworks(context) : completeAllContainers(context)),
};
