/** The table of `docker ps`. Source: `cli: cli/command/formatter/container.go`. */

import { quote } from '../../../go-template/go-strconv.ts';
import type { ContainerPort, ContainerSummary } from '../../../protocol/engine-api.ts';
import { utcText } from '../../opts/calendar.ts';
import { ellipsis } from '../../opts/ellipsis.ts';
import { humanDuration } from '../../opts/human-duration.ts';
import { familiarString, parseImageReference } from '../../opts/image-reference.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { truncateId } from '../../table/display-width.ts';
import type { Listing } from '../../table/listing.ts';

/** A container as it is shown. */
export interface ContainerRow {
  container: ContainerSummary;
  isTruncated: boolean;
  now: number;
}

/** The listing; `withSize` adds the column of `--size`. */
export function containerListing(withSize: boolean): Listing<ContainerRow> {
  const table = '{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}';
  return { typeName: '*formatter.ContainerContext', fields, lookups, table: withSize ? `${table}\t{{.Size}}` : table };
}

const fields: Listing<ContainerRow>['fields'] = {
  ID: {
    header: 'CONTAINER ID',
    value: ({ container, isTruncated }) => (isTruncated ? truncateId(container.Id) : container.Id),
  },
  Names: { header: 'NAMES', value: namesOf },
  Image: { header: 'IMAGE', value: imageOf },
  Command: {
    header: 'COMMAND',
    value: ({ container, isTruncated }) => quote(isTruncated ? ellipsis(container.Command, 20) : container.Command),
  },
  CreatedAt: { header: 'CREATED AT', value: ({ container }) => utcText(container.Created) },
  RunningFor: {
    header: 'CREATED',
    value: ({ container, now }) => `${humanDuration(now - container.Created * 1000)} ago`,
  },
  Ports: { header: 'PORTS', value: ({ container }) => portsText(container.Ports) },
  State: { header: 'STATE', value: ({ container }) => container.State },
  Status: { header: 'STATUS', value: ({ container }) => container.Status },
  Size: { header: 'SIZE', value: ({ container }) => sizeOf(container) },
  Labels: { header: 'LABELS', value: ({ container }) => labelsOf(container) },
  Mounts: { header: 'MOUNTS', value: mountsOf },
  LocalVolumes: {
    header: 'LOCAL VOLUMES',
    value: ({ container }) => String((container.Mounts ?? []).filter(({ Driver }) => Driver === 'local').length),
  },
  Networks: {
    header: 'NETWORKS',
    value: ({ container }) => Object.keys(container.NetworkSettings?.Networks ?? {}).join(','),
  },
};

const lookups: Listing<ContainerRow>['lookups'] = {
  Label: ({ container }, name) => container.Labels?.[name] ?? '',
};

/** Without leading slash; of several only the one without a link. */
function namesOf({ container, isTruncated }: ContainerRow): string {
  const names = container.Names.map((name) => name.slice(1));
  const own = isTruncated ? names.find((name) => !name.includes('/')) : undefined;
  return own ?? names.join(',');
}

function imageOf({ container, isTruncated }: ContainerRow): string {
  const { Image, ImageID } = container;
  if (Image === '') return '<no image>';
  if (!isTruncated) return Image;
  const short = truncateId(ImageID);
  if (short === truncateId(Image)) return short;
  const reference = parseImageReference(Image);
  return reference === null ? Image : familiarString({ ...reference, digest: null });
}

function sizeOf({ SizeRw = 0, SizeRootFs = 0 }: ContainerSummary): string {
  const own = formatDecimalSize(SizeRw, 3);
  return SizeRootFs > 0 ? `${own} (virtual ${formatDecimalSize(SizeRootFs, 3)})` : own;
}

function labelsOf({ Labels }: ContainerSummary): string {
  return Object.entries(Labels ?? {})
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');
}

function mountsOf({ container, isTruncated }: ContainerRow): string {
  const names = (container.Mounts ?? []).map(({ Name, Source }) => Name || Source);
  return names.map((name) => (isTruncated ? ellipsis(name, 15) : name)).join(',');
}

interface PortGroup {
  key: string;
  first: number;
  last: number;
}

/** Ports in order; those that follow each other and are published as they are become one range. */
export function portsText(ports: readonly ContainerPort[]): string {
  const finished: string[] = [];
  const mapped: string[] = [];
  const groups = new Map<string, PortGroup>();
  for (const { IP = '', PrivatePort, PublicPort = 0, Type } of ports.toSorted(comparePorts)) {
    if (IP !== '' && PublicPort !== PrivatePort) {
      mapped.push(`${hostPort(IP, PublicPort)}->${PrivatePort}/${Type}`);
      continue;
    }
    const key = IP === '' ? Type : `${IP}/${Type}`;
    const group = groups.get(key);
    if (group && PrivatePort === group.last + 1) group.last = PrivatePort;
    else {
      if (group) finished.push(groupText(group));
      groups.set(key, { key, first: PrivatePort, last: PrivatePort });
    }
  }
  return [...finished, ...[...groups.values()].map(groupText), ...mapped].join(', ');
}

function comparePorts(a: ContainerPort, b: ContainerPort): number {
  if (a.PrivatePort !== b.PrivatePort) return a.PrivatePort - b.PrivatePort;
  if ((a.IP ?? '') !== (b.IP ?? '')) return (a.IP ?? '') < (b.IP ?? '') ? -1 : 1;
  if (a.PublicPort !== b.PublicPort) return (a.PublicPort ?? 0) - (b.PublicPort ?? 0);
  return a.Type < b.Type ? -1 : 1;
}

function groupText({ key, first, last }: PortGroup): string {
  const range = first === last ? String(first) : `${first}-${last}`;
  const slash = key.lastIndexOf('/');
  if (slash < 0) return `${range}/${key}`;
  return `${hostPort(key.slice(0, slash), range)}->${range}/${key.slice(slash + 1)}`;
}

function hostPort(ip: string, port: number | string): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}
