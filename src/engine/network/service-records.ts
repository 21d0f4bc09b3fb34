/**
 * The names of one network as a node knows them: made from the endpoint table that it holds, never from the managers' store.
 * Source: `moby: daemon/libnetwork/service_common.go, network.go addSvcRecords`. Disabled endpoints have no names.
 */
import type { EndpointRecord } from './gossip/messages.ts';

export interface ServiceRecords {
  /** Lower-case name to addresses. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** Address to name, without the network's. */
  readonly pointers: ReadonlyMap<string, string>;
}

export function serviceRecords(records: Iterable<EndpointRecord>): ServiceRecords {
  const names = new Map<string, string[]>();
  const pointers = new Map<string, string>();
  const add = (name: string, address: string): void => {
    const key = name.toLowerCase();
    const known = names.get(key);
    if (!known) names.set(key, [address]);
    else if (!known.includes(address)) known.push(address);
  };
  for (const record of records) {
    if (record.serviceDisabled) continue;
    const { endpointIp, virtualIp, serviceName, aliases } = record;
    if (record.serviceId !== '') {
      for (const name of [serviceName, ...aliases]) {
        add(name, virtualIp || endpointIp);
        add(`tasks.${name}`, endpointIp);
      }
    } else for (const alias of aliases) add(alias, endpointIp);
    for (const name of [record.name, ...record.taskAliases]) add(name, endpointIp);
    pointers.set(endpointIp, record.name);
  }
  return { names, pointers };
}
