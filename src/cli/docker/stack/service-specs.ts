/** Specs of all services of a stack, with the IDs of what they refer to. Source: `cli: cli/compose/convert/service.go` (`Services`). */
import type { ServiceSpec } from '../../../protocol/engine-api.ts';
import { convertService, type ServiceFiles } from '../../compose/convert-service.ts';
import { scoped } from '../../compose/namespace.ts';
import type { FileObjectConfig, FileReferenceConfig, ServiceConfig, StackFile } from '../../compose/stack-file.ts';
import { type ParseResult, parsed, unparsable } from '../../flags/flag.ts';
import type { FileReference } from '../../opts/file-reference.ts';
import type { DockerClient } from '../client.ts';
import { findConfigs, findSecrets } from '../service/named-object.ts';

/** By the services' names in the file. */
export async function serviceSpecs(
  api: DockerClient,
  stack: string,
  file: StackFile,
): Promise<ParseResult<Map<string, ServiceSpec>>> {
  const specs = new Map<string, ServiceSpec>();
  for (const name of [...file.services.keys()].sort()) {
    const service = file.services.get(name)!;
    const files = await findFiles(api, stack, service, file);
    const spec = files.ok ? convertService(stack, name, service, file, files.value) : files;
    if (!spec.ok) return unparsable(`service ${name}: ${spec.message}`);
    specs.set(name, spec.value);
  }
  return parsed(specs);
}

/** Secrets and configs, by name: the order in the file must not change the spec. */
async function findFiles(
  api: DockerClient,
  stack: string,
  service: ServiceConfig,
  { secrets, configs }: StackFile,
): Promise<ParseResult<ServiceFiles>> {
  const wantedSecrets = references(stack, 'secret', service.secrets ?? [], secrets);
  if (!wantedSecrets.ok) return wantedSecrets;
  const foundSecrets = await findSecrets(api, wantedSecrets.value);
  if (!foundSecrets.ok) return foundSecrets;
  const wantedConfigs = references(stack, 'config', service.configs ?? [], configs);
  if (!wantedConfigs.ok) return wantedConfigs;
  const { config: credentials } = service.credential_spec;
  if (credentials !== '' && !configs.has(credentials)) return unparsable(`undefined config "${credentials}"`);
  const runtime = credentials === '' ? null : configs.get(credentials)!.name || scoped(stack, credentials);
  const foundConfigs = await findConfigs(api, wantedConfigs.value, runtime);
  if (!foundConfigs.ok) return foundConfigs;
  return parsed({
    secrets: foundSecrets.value.toSorted((a, b) => compare(a.SecretName, b.SecretName)),
    configs: foundConfigs.value.toSorted((a, b) => compare(a.ConfigName, b.ConfigName)),
  });
}

function references(
  stack: string,
  kind: 'secret' | 'config',
  used: readonly FileReferenceConfig[],
  known: ReadonlyMap<string, FileObjectConfig>,
): ParseResult<FileReference[]> {
  const wanted: FileReference[] = [];
  for (const { source, target, uid, gid, mode } of used) {
    const object = known.get(source);
    if (!object) return unparsable(`undefined ${kind} "${source}"`);
    const file = { Name: target || source, UID: uid || '0', GID: gid || '0', Mode: mode ?? 0o444 };
    wanted.push({ source: object.name || scoped(stack, source), file });
  }
  return parsed(wanted);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
