/** What a service mounts, as the engine wants it. Source: `cli: cli/compose/convert/volume.go`. */
import type { Mount, MountType } from '../../protocol/engine-api.ts';
import { withoutEmpty } from '../docker/service/without-empty.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { recordOf, scoped, stackLabels } from './namespace.ts';
import type { MountConfig, VolumeConfig } from './stack-file.ts';

type Volumes = ReadonlyMap<string, VolumeConfig>;

export function convertMounts(stack: string, mounts: readonly MountConfig[], volumes: Volumes): ParseResult<Mount[]> {
  const converted: Mount[] = [];
  for (const mount of mounts) {
    const result = convertMount(stack, mount, volumes);
    if (!result.ok) return result;
    converted.push(result.value);
  }
  return parsed(converted);
}

function convertMount(stack: string, mount: MountConfig, volumes: Volumes): ParseResult<Mount> {
  const type = mount.type || 'volume';
  const rule = rules[type];
  if (!rule) return unparsable('volume type must be volume, bind, tmpfs, npipe, or cluster');
  const problem = rule.beforeSource(mount) ?? incompatible(mount, type, rule.refuses);
  if (problem !== null) return unparsable(problem);
  const plain = plainMount(mount);
  switch (type) {
    case 'volume':
      return volumeMount(stack, mount, plain, volumes);
    case 'cluster':
      return clusterMount(stack, mount, plain, volumes);
    case 'image':
      return parsed({ ...plain, ...(mount.image && { ImageOptions: withoutEmpty({ Subpath: mount.image.subpath }) }) });
    case 'tmpfs':
      return parsed({ ...plain, ...(mount.tmpfs && { TmpfsOptions: withoutEmpty({ SizeBytes: mount.tmpfs.size }) }) });
    default:
      return parsed({
        ...plain,
        ...(mount.bind && { BindOptions: withoutEmpty({ Propagation: mount.bind.propagation }) }),
      });
  }
}

type OptionsName = 'bind' | 'volume' | 'image' | 'tmpfs' | 'cluster';

interface TypeRule {
  beforeSource(mount: MountConfig): string | null;
  /** Options of other types, in the order in which they are looked for. */
  refuses: readonly (readonly [OptionsName, string])[];
}

const needsSource = (type: string) => (mount: MountConfig) =>
  mount.source === '' ? `invalid ${type} source, source cannot be empty` : null;

const rules: Readonly<Record<string, TypeRule>> = {
  volume: {
    beforeSource: () => null,
    refuses: [
      ['image', 'images options'],
      ['tmpfs', 'tmpfs options'],
      ['bind', 'bind options'],
      ['cluster', 'cluster options'],
    ],
  },
  image: {
    beforeSource: needsSource('image'),
    refuses: [
      ['volume', 'volume options'],
      ['bind', 'bind options'],
      ['tmpfs', 'tmpfs options'],
      ['cluster', 'cluster options'],
    ],
  },
  bind: {
    beforeSource: needsSource('bind'),
    refuses: [
      ['volume', 'volume options'],
      ['image', 'image options'],
      ['tmpfs', 'tmpfs options'],
      ['cluster', 'cluster options'],
    ],
  },
  tmpfs: {
    beforeSource: (mount) => (mount.source === '' ? null : 'invalid tmpfs source, source must be empty'),
    refuses: [
      ['bind', 'bind options'],
      ['volume', 'volume options'],
      ['image', 'image options'],
      ['cluster', 'cluster options'],
    ],
  },
  npipe: {
    beforeSource: needsSource('npipe'),
    refuses: [
      ['volume', 'volume options'],
      ['image', 'image options'],
      ['tmpfs', 'tmpfs options'],
    ],
  },
  cluster: {
    beforeSource: needsSource('cluster'),
    refuses: [
      ['tmpfs', 'tmpfs options'],
      ['bind', 'bind options'],
      ['volume', 'volume options'],
    ],
  },
};

function incompatible(mount: MountConfig, type: string, refuses: TypeRule['refuses']): string | null {
  const wrong = refuses.find(([name]) => mount[name] !== null);
  return wrong ? `${wrong[1]} are incompatible with type ${type}` : null;
}

function plainMount(mount: MountConfig): Mount {
  return withoutEmpty({
    Type: mount.type as MountType,
    Source: mount.source,
    Target: mount.target,
    ReadOnly: mount.read_only,
    Consistency: mount.consistency,
  });
}

function volumeMount(stack: string, mount: MountConfig, plain: Mount, volumes: Volumes): ParseResult<Mount> {
  if (mount.source === '') return parsed(plain);
  const volume = volumes.get(mount.source);
  if (!volume) return unparsable(`undefined volume "${mount.source}"`);
  const source = volume.name || scoped(stack, mount.source);
  const own = withoutEmpty({ NoCopy: mount.volume?.nocopy, Subpath: mount.volume?.subpath });
  if (volume.external.external) return parsed({ ...plain, Source: source, VolumeOptions: own });
  const options = { ...own, Labels: stackLabels(stack, volume.labels), ...driverConfig(volume) };
  return parsed({ ...plain, Source: source, VolumeOptions: options });
}

function driverConfig({ driver, driver_opts: options }: VolumeConfig) {
  if (driver === '' && options === null) return {};
  return {
    DriverConfig: { ...(driver !== '' && { Name: driver }), ...(options?.size && { Options: recordOf(options) }) },
  };
}

/** Groups of volumes belong to no stack. */
function clusterMount(stack: string, mount: MountConfig, plain: Mount, volumes: Volumes): ParseResult<Mount> {
  const withOptions = { ...plain, ClusterOptions: {} };
  if (mount.source.startsWith('group:')) return parsed(withOptions);
  const volume = volumes.get(mount.source);
  if (!volume) return unparsable(`undefined volume "${mount.source}"`);
  return parsed({ ...withOptions, Source: volume.name || scoped(stack, mount.source) });
}
