/** A row of `docker images`. Source: `cli: cli/command/formatter/image.go`. */
import type { ImageSummary } from '../../../protocol/engine-api.ts';
import { utcText } from '../../opts/calendar.ts';
import { humanDuration } from '../../opts/human-duration.ts';
import { formatDecimalSize } from '../../opts/memory-bytes.ts';
import type { Listing } from '../../table/listing.ts';

/** An image under one of its names. */
export interface ImageRow {
  image: ImageSummary;
  repository: string;
  tag: string;
  digest: string;
  isTruncated: boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

const none = '<none>';

/** One row for each name. An image that the swarm has pulled by its digest has no tag. */
export function imageRows(
  images: readonly ImageSummary[],
  view: Pick<ImageRow, 'isTruncated' | 'now'> & { withDigests: boolean },
): ImageRow[] {
  const { withDigests, ...rest } = view;
  return images.flatMap((image) => {
    const digests = new Map((image.RepoDigests ?? []).map((name) => name.split('@') as [string, string]));
    const rows: ImageRow[] = (image.RepoTags ?? []).map((name) => {
      const colon = name.lastIndexOf(':');
      const repository = name.slice(0, colon);
      const digest = digests.get(repository) ?? none;
      return { ...rest, image, repository, tag: name.slice(colon + 1), digest: withDigests ? digest : none };
    });
    for (const { repository } of rows) digests.delete(repository);
    for (const [repository, digest] of digests)
      rows.push({ ...rest, image, repository, tag: none, digest: withDigests ? digest : '' });
    if (rows.length === 0) rows.push({ ...rest, image, repository: none, tag: none, digest: none });
    return rows;
  });
}

const createdSince = ({ image, now }: ImageRow): string => `${humanDuration(now - image.Created * 1000)} ago`;
const idOf = ({ image, isTruncated }: ImageRow): string =>
  isTruncated ? image.Id.replace('sha256:', '').slice(0, 12) : image.Id;

export function imageListing(withDigests: boolean): Listing<ImageRow> {
  return {
    typeName: '*formatter.imageContext',
    fields: {
      ID: { header: 'IMAGE ID', value: idOf },
      Repository: { header: 'REPOSITORY', value: (row) => row.repository },
      Tag: { header: 'TAG', value: (row) => row.tag },
      Digest: { header: 'DIGEST', value: (row) => row.digest },
      CreatedSince: { header: 'CREATED', value: createdSince },
      CreatedAt: { header: 'CREATED AT', value: ({ image }) => utcText(image.Created) },
      Size: { header: 'SIZE', value: ({ image }) => formatDecimalSize(image.Size, 3) },
      Containers: { header: 'CONTAINERS', value: ({ image }) => count(image.Containers) },
      VirtualSize: { header: 'SIZE', value: ({ image }) => formatDecimalSize(image.Size) },
      SharedSize: { header: 'SHARED SIZE', value: ({ image }) => size(image.SharedSize) },
      UniqueSize: {
        header: 'UNIQUE SIZE',
        value: ({ image }) => (image.SharedSize === -1 ? 'N/A' : size(image.Size - image.SharedSize)),
      },
    },
    table: `{{.Repository}}\t{{.Tag}}\t${withDigests ? '{{.Digest}}\t' : ''}{{.ID}}\t{{.CreatedSince}}\t{{.Size}}`,
    raw: `repository: {{.Repository}}\ntag: {{.Tag}}\n${withDigests ? 'digest: {{.Digest}}\n' : ''}image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n`,
  };
}

const count = (value: number): string => (value === -1 ? 'N/A' : String(value));
const size = (value: number): string => (value === -1 ? 'N/A' : formatDecimalSize(value));
