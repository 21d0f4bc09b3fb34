/** `/secrets` and `/configs`. `moby: daemon/cluster/secrets.go`, `configs.go` */
import type { GoType } from '../../../go-template/go-value.ts';
import { configSpec, secretSpec } from '../../../go-types/swarm.ts';
import type * as api from '../../../protocol/engine-api.ts';
import type { Config, Secret } from '../../store/objects.ts';
import { configJson, configSpecFrom, secretJson, secretSpecFrom } from '../convert/secret.ts';
import type { Dockerd } from '../dockerd.ts';
import { parseFilters } from '../filters.ts';
import { parseUint } from '../request.ts';
import type { Route } from '../route.ts';

type Kind = 'secret' | 'config';

const FILTERS: Record<Kind, readonly string[]> = {
  secret: ['id', 'label', 'name', 'names'],
  config: ['id', 'label', 'name'],
};

const BODY: Record<Kind, GoType> = { secret: secretSpec, config: configSpec };

export function listFiles(kind: Kind): Route {
  return {
    needsManager: true,
    start(daemon, call) {
      const parsed = parseFilters(call.request.query?.filters, FILTERS[kind]);
      if (!parsed.ok) return daemon.refuse(call, parsed.failure);
      daemon.control(call, 'files', { op: `${kind}.list`, filters: parsed.filters });
    },
    stages: {
      files: (daemon, call, files: readonly (Secret | Config)[]) =>
        daemon.reply(
          call,
          files.map((file) => fileJson(daemon, file)),
        ),
    },
  };
}

export function inspectFile(kind: Kind): Route {
  return {
    needsManager: true,
    start: (daemon, call) => daemon.control(call, 'file', { op: `${kind}.get`, ref: call.params.id! }),
    stages: { file: (daemon, call, file: Secret | Config) => daemon.reply(call, fileJson(daemon, file)) },
  };
}

export function createFile(kind: Kind): Route {
  return {
    needsManager: true,
    body: BODY[kind],
    start(daemon, call) {
      if (kind === 'secret')
        daemon.control(call, 'created', {
          op: 'secret.create',
          spec: secretSpecFrom(daemon.body<api.SecretSpec>(call)),
        });
      else
        daemon.control(call, 'created', {
          op: 'config.create',
          spec: configSpecFrom(daemon.body<api.ConfigSpec>(call)),
        });
    },
    stages: { created: (daemon, call, { id }: { id: string }) => daemon.reply(call, { ID: id }, 201) },
  };
}

export function updateFile(kind: Kind): Route {
  return {
    needsManager: true,
    body: BODY[kind],
    start(daemon, call) {
      const version = parseUint(call.request.query?.version);
      if (version === null) return daemon.refuse(call, { status: 400, message: `invalid ${kind} version` });
      const ref = call.params.id!;
      if (kind === 'secret') {
        const spec = secretSpecFrom(daemon.body<api.SecretSpec>(call));
        daemon.control(call, 'updated', { op: 'secret.update', ref, version, spec });
      } else {
        const spec = configSpecFrom(daemon.body<api.ConfigSpec>(call));
        daemon.control(call, 'updated', { op: 'config.update', ref, version, spec });
      }
    },
    stages: { updated: (daemon, call) => daemon.reply(call, null) },
  };
}

export function removeFile(kind: Kind): Route {
  return {
    needsManager: true,
    start: (daemon, call) => daemon.control(call, 'removed', { op: `${kind}.remove`, ref: call.params.id! }),
    stages: { removed: (daemon, call) => daemon.reply(call, null, 204) },
  };
}

function fileJson(daemon: Dockerd, file: Secret | Config): api.Secret | api.Config {
  const { epochMs } = daemon.host;
  return file.kind === 'secret' ? secretJson(file, epochMs) : configJson(file, epochMs);
}
