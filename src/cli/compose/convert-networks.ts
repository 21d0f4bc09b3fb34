/** Networks of a stack: those to make, and those that must be there. Source: `cli: cli/compose/convert/compose.go` (`Networks`). */
import type { NetworkCreateRequest } from '../../protocol/engine-api.ts';
import { recordOf, scoped, stackLabels } from './namespace.ts';
import type { NetworkConfig, StackFile } from './stack-file.ts';

/** What is sent; the client leaves more unsaid than others do. */
export type StackNetworkRequest = Omit<NetworkCreateRequest, 'IPAM' | 'Options' | 'ConfigFrom'> & {
  IPAM: NetworkCreateRequest['IPAM'] | null;
  Options: Record<string, string> | null;
  ConfigFrom: null;
};

export interface StackNetworks {
  create: StackNetworkRequest[];
  external: string[];
}

/** The network of services that name none. */
export const defaultNetwork = 'default';

/** Only networks that services use. By name: the original has no order. */
export function convertNetworks(stack: string, { services, networks }: StackFile): StackNetworks {
  const used = new Set<string>();
  for (const service of services.values()) {
    for (const name of service.networks?.size ? service.networks.keys() : [defaultNetwork]) used.add(name);
  }
  const result: StackNetworks = { create: [], external: [] };
  for (const name of [...used].sort()) {
    const network = networks.get(name);
    if (network?.external.external) result.external.push(network.name);
    else result.create.push(networkRequest(stack, name, network));
  }
  return result;
}

function networkRequest(stack: string, name: string, network: NetworkConfig | undefined): StackNetworkRequest {
  return {
    Name: network?.name || scoped(stack, name),
    Driver: network?.driver || 'overlay',
    Scope: '',
    IPAM: ipam(network),
    Internal: network?.internal ?? false,
    Attachable: network?.attachable ?? false,
    Ingress: false,
    ConfigOnly: false,
    ConfigFrom: null,
    Options: network?.driver_opts ? recordOf(network.driver_opts) : null,
    Labels: stackLabels(stack, network?.labels ?? null),
  };
}

function ipam(network: NetworkConfig | undefined): NetworkCreateRequest['IPAM'] | null {
  const { driver = '', config = null } = network?.ipam ?? {};
  if (driver === '' && !config?.length) return null;
  return {
    Driver: driver,
    Options: null,
    Config: config?.length ? config.map((pool) => (pool?.subnet ? { Subnet: pool.subnet } : {})) : null,
  };
}
