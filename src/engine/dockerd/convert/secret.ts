/** Secrets and configs between the store and Docker's JSON. `moby: daemon/cluster/convert/secret.go`, `config.go` */
import type * as api from '../../../protocol/engine-api.ts';
import type { Config, Secret } from '../../store/objects.ts';
import { filled, struct } from './go-json.ts';
import { annotationsFrom, annotationsJson, head } from './meta.ts';
import type { EpochMs } from './time.ts';

export function secretJson(secret: Secret, epochMs: EpochMs): api.Secret {
  const { annotations, driver, templating } = secret.spec;
  return {
    ...head(secret, epochMs),
    Spec: struct({
      ...annotationsJson(annotations),
      Driver: (driver as api.Driver | null) ?? undefined,
      Templating: templating as api.Driver | undefined,
    }),
  };
}

export function configJson(config: Config, epochMs: EpochMs): api.Config {
  const { annotations, data, templating } = config.spec;
  return {
    ...head(config, epochMs),
    Spec: struct({
      ...annotationsJson(annotations),
      Data: filled(data),
      Templating: (templating as api.Driver | null) ?? undefined,
    }),
  };
}

export function secretSpecFrom(given: Partial<api.SecretSpec>): Secret['spec'] {
  return {
    annotations: annotationsFrom(given),
    data: given.Data ?? '',
    driver: given.Driver ? { ...given.Driver } : null,
    ...(given.Templating && { templating: { ...given.Templating } }),
  };
}

export function configSpecFrom(given: Partial<api.ConfigSpec>): Config['spec'] {
  return {
    annotations: annotationsFrom(given),
    data: given.Data ?? '',
    templating: given.Templating ? { ...given.Templating } : null,
  };
}
