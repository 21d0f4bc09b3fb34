/** The table of `service ls`. Source: `cli: cli/command/service/formatter.go` (`serviceContext`). */
import type { PortConfig, Service } from '../../../protocol/engine-api.ts';
import { withoutDigest } from '../../opts/image-reference.ts';
import { truncateId } from '../../table/display-width.ts';
import type { Listing } from '../../table/listing.ts';

export const serviceListing: Listing<Service> = {
  typeName: '*service.serviceContext',
  fields: {
    ID: { header: 'ID', value: ({ ID }) => truncateId(ID) },
    Name: { header: 'NAME', value: ({ Spec }) => Spec.Name ?? '' },
    Mode: { header: 'MODE', value: modeOf },
    Replicas: { header: 'REPLICAS', value: replicasOf },
    Image: { header: 'IMAGE', value: ({ Spec }) => withoutDigest(Spec.TaskTemplate.ContainerSpec?.Image ?? '') },
    Ports: { header: 'PORTS', value: ({ Endpoint }) => portsText(Endpoint.Ports ?? []) },
  },
  table: '{{.ID}}\t{{.Name}}\t{{.Mode}}\t{{.Replicas}}\t{{.Image}}\t{{.Ports}}',
  raw: 'id: {{.ID}}\nname: {{.Name}}\nmode: {{.Mode}}\nreplicas: {{.Replicas}}\nimage: {{.Image}}\nports: {{.Ports}}\n',
};

function modeOf({ Spec: { Mode } }: Service): string {
  if (Mode.Global) return 'global';
  if (Mode.Replicated) return 'replicated';
  if (Mode.ReplicatedJob) return 'replicated job';
  return Mode.GlobalJob ? 'global job' : '';
}

/** `2/3`, with the limit per node; of jobs also how many have completed. */
function replicasOf({ Spec, ServiceStatus }: Service): string {
  const { RunningTasks = 0, DesiredTasks = 0, CompletedTasks = 0 } = ServiceStatus ?? {};
  const running = `${RunningTasks}/${DesiredTasks}`;
  const { Mode } = Spec;
  if (Mode.ReplicatedJob) return `${running} (${CompletedTasks}/${Mode.ReplicatedJob.TotalCompletions ?? 0} completed)`;
  // Desired tasks of a global job are those that have yet to complete.
  if (Mode.GlobalJob) return `${running} (${CompletedTasks}/${DesiredTasks + CompletedTasks} completed)`;
  const most = Mode.Replicated ? (Spec.TaskTemplate.Placement?.MaxReplicas ?? 0) : 0;
  return most > 0 ? `${running} (max ${most} per node)` : running;
}

interface PortRange {
  protocol: string;
  published: { first: number; last: number };
  target: { first: number; last: number };
}

/** Ports of the routing mesh; those that follow each other on both sides become one range. */
function portsText(ports: readonly PortConfig[]): string {
  const sorted = ports.toSorted((a, b) =>
    a.Protocol === b.Protocol
      ? (a.PublishedPort ?? 0) - (b.PublishedPort ?? 0)
      : (a.Protocol ?? '') < (b.Protocol ?? '')
        ? -1
        : 1,
  );
  const ranges: PortRange[] = [];
  for (const { Protocol = '', PublishedPort = 0, TargetPort = 0, PublishMode } of sorted) {
    if (PublishMode !== 'ingress') continue;
    const range = ranges.at(-1);
    if (range && continues(range, Protocol, PublishedPort, TargetPort)) {
      range.published.last = PublishedPort;
      range.target.last = TargetPort;
    } else {
      const [published, target] = [PublishedPort, TargetPort].map((port) => ({ first: port, last: port }));
      ranges.push({ protocol: Protocol, published: published!, target: target! });
    }
  }
  return ranges
    .filter(({ published }) => published.first > 0)
    .map(({ protocol, published, target }) => `*:${rangeText(published)}->${rangeText(target)}/${protocol}`)
    .join(', ');
}

/** Docker subtracts unsigned numbers, so that a smaller target starts a new range as well. */
function continues(range: PortRange, protocol: string, published: number, target: number): boolean {
  const isNext = (from: number, to: number): boolean => to >= from && to - from <= 1;
  const overlaps = range.target.first !== range.target.last && target <= range.target.last;
  return (
    protocol === range.protocol &&
    isNext(range.published.last, published) &&
    isNext(range.target.last, target) &&
    !overlaps
  );
}

function rangeText({ first, last }: { first: number; last: number }): string {
  return last > first ? `${first}-${last}` : String(first);
}
