/** `/volumes`. `moby: daemon/server/router/volume`, `volume/service` */
import { volumeCreateRequest } from '../../../go-types/requests.ts';
import { hexId } from '../../kernel/ids.ts';
import { hasLabels } from '../../manager/controlapi/list-filters.ts';
import type { Container } from '../../runtime/container.ts';
import { ANONYMOUS_VOLUME } from '../../runtime/runtime.ts';
import { sortedMap } from '../convert/go-json.ts';
import { volumeJson } from '../convert/volume.ts';
import { isTrue, matches, parseFilters } from '../filters.ts';
import { pluginStages, seekPlugin } from '../plugin-search.ts';
import type { Route } from '../route.ts';

const FILTERS = ['dangling', 'driver', 'label', 'name'];
const PRUNE_FILTERS = ['all', 'label', 'label!'];
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export const listVolumes: Route = {
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const { filters } = parsed;
    const { containers, volumes } = daemon.host.runtime.state;
    const dangling = filters.dangling?.[0];
    const shown = [...volumes.values()].filter(
      (volume) =>
        matches(filters, 'name', volume.name) &&
        matches(filters, 'driver', volume.driver) &&
        hasLabels(filters, 'label', volume.labels) &&
        (dangling === undefined || (dangling === 'true' || dangling === '1') === !isUsed(volume.name, containers)),
    );
    daemon.reply(call, { Volumes: shown.map((volume) => volumeJson(volume, daemon.host.epochMs)), Warnings: null });
  },
};

export const inspectVolume: Route = {
  start(daemon, call) {
    const volume = daemon.host.runtime.state.volumes.get(call.params.name!);
    if (!volume) return daemon.refuse(call, { status: 404, message: `get ${call.params.name}: no such volume` });
    daemon.reply(call, volumeJson(volume, daemon.host.epochMs));
  },
};

export const createVolume: Route = {
  body: volumeCreateRequest,
  start(daemon, call) {
    const body = daemon.body<{
      Name: string;
      Driver: string;
      DriverOpts: Record<string, string>;
      Labels: Record<string, string>;
    }>(call);
    const name = body.Name || hexId(daemon.host.random('ids'));
    if (!NAME.test(name))
      return daemon.refuse(call, {
        status: 400,
        message: `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
      });
    if (body.Driver && body.Driver !== 'local')
      return seekPlugin(daemon, call, {
        status: 404,
        message: `create ${name}: error looking up volume plugin ${body.Driver}: plugin "${body.Driver}" not found`,
      });
    const volume = daemon.host.runtime.ensureVolume(name, {
      labels: sortedMap({ ...body.Labels, ...(!body.Name && { [ANONYMOUS_VOLUME]: '' }) }),
      options: sortedMap({ ...body.DriverOpts }),
    });
    daemon.reply(call, volumeJson(volume, daemon.host.epochMs), 201);
  },
  stages: pluginStages,
};

export const removeVolume: Route = {
  start(daemon, call) {
    const name = call.params.name!;
    const { containers, volumes } = daemon.host.runtime.state;
    const volume = volumes.get(name);
    if (!volume) {
      if (isTrue(call.request.query?.force)) return daemon.reply(call, null, 204);
      return daemon.refuse(call, { status: 404, message: `get ${name}: no such volume` });
    }
    const users = [...containers.values()].filter((container) => uses(container, name)).map(({ id }) => id);
    if (users.length > 0)
      return daemon.refuse(call, {
        status: 409,
        message: `remove ${name}: volume is in use - [${users.join(', ')}]`,
      });
    daemon.host.runtime.removeVolume(name);
    daemon.reply(call, null, 204);
  },
};

/** Volumes with a name stay unless `all` is asked for. */
export const pruneVolumes: Route = {
  start(daemon, call) {
    const parsed = parseFilters(call.request.query?.filters, PRUNE_FILTERS);
    if (!parsed.ok) return daemon.refuse(call, parsed.failure);
    const { containers, volumes } = daemon.host.runtime.state;
    const all = isTrue(parsed.filters.all?.[0]);
    const unused = [...volumes.values()].filter(
      ({ name, labels }) =>
        (all || ANONYMOUS_VOLUME in labels) && hasLabels(parsed.filters, 'label', labels) && !isUsed(name, containers),
    );
    for (const { name } of unused) daemon.host.runtime.removeVolume(name);
    const names = unused.map(({ name }) => name);
    daemon.reply(call, { VolumesDeleted: names.length > 0 ? names : null, SpaceReclaimed: 0 });
  },
};

function isUsed(name: string, containers: ReadonlyMap<string, Container>): boolean {
  for (const container of containers.values()) if (uses(container, name)) return true;
  return false;
}

function uses({ config }: Container, name: string): boolean {
  return config.mounts.some(({ type, source }) => type === 'volume' && source === name);
}
