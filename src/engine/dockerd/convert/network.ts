/** Swarm networks between the store and Docker's JSON. `moby: daemon/cluster/convert/network.go`, `api/types/network` */
import type * as api from '../../../protocol/engine-api.ts';
import type { IpamConfig, Network, NetworkSpec } from '../../store/objects.ts';
import { filled, list, sortedMap, struct } from './go-json.ts';
import { annotationsJson, head } from './meta.ts';
import { type EpochMs, rfc3339 } from './time.ts';

const VXLAN_IDS = 'com.docker.network.driver.overlay.vxlanid_list';

/** What a manager knows of a network: as `GET /networks` shows it. Who is attached on this host is added by the daemon. */
export function networkJson(network: Network, epochMs: EpochMs): api.Network {
  const { spec, allocated } = network;
  return {
    Name: spec.annotations.name,
    Id: network.id,
    Created: rfc3339(epochMs, network.meta.createdAt),
    Scope: 'swarm',
    Driver: allocated ? spec.driver : '',
    EnableIPv4: true,
    EnableIPv6: spec.ipv6,
    IPAM: allocated
      ? { Driver: spec.ipam?.driver || 'default', Options: null, Config: allocated.configs.map(ipamJson) }
      : { Driver: '', Options: null, Config: null },
    Internal: spec.internal,
    Attachable: spec.attachable,
    Ingress: spec.ingress,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: null as unknown as api.Network['Containers'],
    Options: allocated ? driverState(network) : null,
    Labels: Object.keys(spec.annotations.labels).length === 0 ? null : sortedMap(spec.annotations.labels),
  };
}

/** A network as tasks carry it. */
export function swarmNetworkJson(network: Network, epochMs: EpochMs): api.SwarmNetwork {
  const { spec, allocated } = network;
  return struct({
    ...head(network, epochMs),
    Spec: struct({
      ...annotationsJson(spec.annotations),
      DriverConfiguration: struct({ Name: filled(spec.driver), Options: filled(sortedMap(spec.driverOptions)) }),
      IPv6Enabled: filled(spec.ipv6),
      Internal: filled(spec.internal),
      Attachable: filled(spec.attachable),
      Ingress: filled(spec.ingress),
      IPAMOptions: spec.ipam
        ? struct({ Driver: { Name: spec.ipam.driver }, Configs: filled(spec.ipam.configs.map(ipamJson)) })
        : undefined,
      Scope: 'swarm',
    }),
    DriverState: allocated
      ? struct({ Name: filled(spec.driver), Options: filled(driverState(network)) })
      : ({} as api.Driver),
    IPAMOptions: allocated
      ? struct({
          Driver: { Name: spec.ipam?.driver || 'default' },
          Configs: filled(allocated.configs.map(ipamJson)),
        })
      : undefined,
  });
}

/** The driver's options, with the VXLAN id once it is known. */
function driverState({ spec, allocated }: Network): Record<string, string> {
  const vni: Record<string, string> = allocated?.vni ? { [VXLAN_IDS]: String(allocated.vni) } : {};
  return sortedMap({ ...spec.driverOptions, ...vni });
}

export function ipamJson({ subnet, range, gateway }: IpamConfig): api.IpamConfig {
  return struct({ Subnet: filled(subnet), IPRange: filled(range), Gateway: filled(gateway) });
}

export function networkSpecFrom(given: Partial<api.NetworkCreateRequest>): NetworkSpec {
  const ipam = given.IPAM;
  return {
    annotations: { name: given.Name ?? '', labels: { ...given.Labels } },
    driver: given.Driver ?? '',
    driverOptions: { ...given.Options },
    ipv6: given.EnableIPv6 ?? false,
    internal: given.Internal ?? false,
    attachable: given.Attachable ?? false,
    ingress: given.Ingress ?? false,
    ipam: ipam ? { driver: ipam.Driver || 'default', configs: list(ipam.Config ?? []).map(ipamFrom) } : null,
  };
}

function ipamFrom(given: api.IpamConfig): IpamConfig {
  return { subnet: given.Subnet ?? '', range: given.IPRange ?? '', gateway: given.Gateway ?? '' };
}
