/**
 * `docker system df`. Source: `cli: cli/command/system/df.go, formatter/disk_usage.go`.
 * Simplified: images here share no layers, and nothing is built.
 */
import type { ContainerSummary, ImageSummary, Volume } from '../../../protocol/engine-api.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import { type Listing, renderListing } from '../../table/listing.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { containerListing } from '../container/container-listing.ts';
import { listFormatFlag } from '../format-flag.ts';
import { imageListing, imageRows } from '../image/image-listing.ts';

const verbose = boolFlag({ name: 'verbose', shorthand: 'v', description: 'Show each image, container and volume' });

export const dfCommand: Command = {
  kind: 'command',
  name: 'df',
  usage: '[OPTIONS]',
  description: 'Show how much of the disk is used',
  args: noArgs,
  flags: [listFormatFlag, verbose],
  run: showDiskUsage,
};

interface DiskUsage {
  LayersSize: number;
  Images: ImageSummary[];
  Containers: ContainerSummary[];
  Volumes: Volume[];
}

interface UsageRow {
  type: string;
  total: number;
  active: number;
  size: number;
  reclaimable: number;
}

const usageListing: Listing<UsageRow> = {
  typeName: '*formatter.diskUsageImagesContext',
  fields: {
    Type: { header: 'TYPE', value: (row) => row.type },
    TotalCount: { header: 'TOTAL', value: (row) => String(row.total) },
    Active: { header: 'ACTIVE', value: (row) => String(row.active) },
    Size: { header: 'SIZE', value: (row) => formatDecimalSize(row.size) },
    Reclaimable: { header: 'RECLAIMABLE', value: reclaimable },
  },
  table: '{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}',
};

function reclaimable({ size, reclaimable: bytes }: UsageRow): string {
  return size > 0 ? `${formatDecimalSize(bytes)} (${Math.floor((bytes * 100) / size)}%)` : formatDecimalSize(bytes);
}

async function showDiskUsage(context: CommandContext): Promise<number> {
  const { api, flags, fail, out } = context;
  const usage = await api.get<DiskUsage>('/system/df');
  if (flags.get(verbose)) {
    if (flags.get(listFormatFlag) !== '') return fail('docker system df --verbose --format is not modelled here');
    out(details(context, usage));
    return 0;
  }
  const text = renderListing(usageListing, usageRows(usage), { format: flags.get(listFormatFlag) });
  if (!text.ok) return fail(text.message);
  out(text.value);
  return 0;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function usageRows({ Images, Containers, Volumes }: DiskUsage): UsageRow[] {
  const used = Images.filter((image) => image.Containers > 0);
  const running = Containers.filter(({ State }) => /^(running|paused|restarting)$/.test(State));
  const mounted = Volumes.filter((volume) => (volume.UsageData?.RefCount ?? 0) > 0);
  const sizes = {
    images: sum(Images.map(({ Size }) => Size)),
    containers: sum(Containers.map(({ SizeRw = 0 }) => SizeRw)),
    volumes: sum(Volumes.map((volume) => Math.max(0, volume.UsageData?.Size ?? 0))),
  };
  return [
    {
      type: 'Images',
      total: Images.length,
      active: used.length,
      size: sizes.images,
      reclaimable: sizes.images - sum(used.map(({ Size }) => Size)),
    },
    {
      type: 'Containers',
      total: Containers.length,
      active: running.length,
      size: sizes.containers,
      reclaimable: sizes.containers - sum(running.map(({ SizeRw = 0 }) => SizeRw)),
    },
    {
      type: 'Local Volumes',
      total: Volumes.length,
      active: mounted.length,
      size: sizes.volumes,
      reclaimable: sizes.volumes - sum(mounted.map((volume) => Math.max(0, volume.UsageData?.Size ?? 0))),
    },
    { type: 'Build Cache', total: 0, active: 0, size: 0, reclaimable: 0 },
  ];
}

const volumeTable: Listing<Volume> = {
  typeName: '*formatter.volumeContext',
  fields: {
    Name: { header: 'VOLUME NAME', value: ({ Name }) => Name },
    Links: { header: 'LINKS', value: ({ UsageData }) => String(UsageData?.RefCount ?? 0) },
    Size: { header: 'SIZE', value: ({ UsageData }) => formatDecimalSize(Math.max(0, UsageData?.Size ?? 0)) },
  },
  table: '{{.Name}}\t{{.Links}}\t{{.Size}}',
};

function details({ process }: CommandContext, { Images, Containers, Volumes }: DiskUsage): string {
  const now = process.host.clock.now();
  const images = imageRows(
    Images.map((image) => ({ ...image, SharedSize: 0, Containers: Math.max(0, image.Containers) })),
    { isTruncated: true, now, withDigests: false },
  );
  const imageColumns =
    'table {{.Repository}}\t{{.Tag}}\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}';
  // What the image takes stands above.
  const containers = Containers.map((container) => ({
    container: { ...container, SizeRootFs: 0 },
    isTruncated: true,
    now,
  }));
  const containerColumns =
    'table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}';
  const text = (rendered: { ok: boolean; value?: string }): string => rendered.value ?? '';
  return [
    `Images space usage:\n\n${text(renderListing(imageListing(false), images, { format: imageColumns }))}`,
    `Containers space usage:\n\n${text(renderListing(containerListing(true), containers, { format: containerColumns }))}`,
    `Local Volumes space usage:\n\n${text(renderListing(volumeTable, Volumes))}`,
    `Build cache usage: ${formatDecimalSize(0)}\n\nCACHE ID   CACHE TYPE   SIZE      CREATED   LAST USED   USAGE     SHARED\n`,
  ].join('\n');
}
