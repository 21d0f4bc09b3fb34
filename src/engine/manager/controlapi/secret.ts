/**
 * Secrets and configs: alike but for their size and for who may read them again (a secret's data never comes back).
 * Their data does not change; a change is a new object. `swarmkit: manager/controlapi/secret.go`, `config.go`
 */
import type { Config, Secret, Service } from '../../store/objects.ts';
import type { StoreReader } from '../../store/store.ts';
import type { ControlRequest, ControlResult, Filters } from './control-request.ts';
import { hasLabels, startsWith } from './list-filters.ts';
import { find } from './lookup.ts';
import { invalid, outOfSequence, type Refusal, refuse } from './refusal.ts';
import { validateFileAnnotations } from './validate-annotations.ts';
import type { WriteContext } from './write-context.ts';

export type FileKind = 'secret' | 'config';
type FileObject = Secret | Config;
type Update = Extract<ControlRequest, { op: 'secret.update' | 'config.update' }>;

/** Sizes from which on the data is too large, in bytes. */
const TOO_LARGE: Record<FileKind, number> = { secret: 512_000, config: 1_024_000 };

export function listFiles<K extends FileKind>(reader: StoreReader, kind: K, filters: Filters): FileObject[] {
  const files: FileObject[] = [];
  for (const file of reader.all(kind) as Iterable<FileObject>) if (matches(file, filters)) files.push(readable(file));
  return files;
}

/** Names, name prefixes and id prefixes are alternatives here, unlike in other lists. */
function matches(file: FileObject, filters: Filters): boolean {
  const { name, labels } = file.spec.annotations;
  const asked = ['names', 'name', 'id'].filter((key) => filters[key]?.length);
  const isAsked =
    asked.length === 0 ||
    Boolean(filters.names?.includes(name)) ||
    (asked.includes('name') && startsWith(filters, 'name', name)) ||
    (asked.includes('id') && startsWith(filters, 'id', file.id));
  return isAsked && hasLabels(filters, 'label', labels);
}

export function getFile(reader: StoreReader, kind: FileKind, ref: string): ControlResult {
  const found = find(reader, kind, ref);
  return found.ok ? { ok: true, value: readable(found.object) } : found;
}

/** What leaves the manager. */
function readable(file: FileObject): FileObject {
  return file.kind === 'secret' ? { ...file, spec: { ...file.spec, data: '' } } : file;
}

export function createFile(
  { tx, leader }: WriteContext,
  kind: FileKind,
  spec: Secret['spec'] | Config['spec'],
): ControlResult {
  const refusal = validateFileAnnotations(spec.annotations) ?? validateData(kind, spec);
  if (refusal) return refusal;
  const { name } = spec.annotations;
  if (tx.byName(kind, name)) return refuse('AlreadyExists', `${kind} ${name} already exists`);
  const id = leader.newId();
  leader.begin(`${kind}.created`, [`${kind}:${id}`], { name });
  tx.create({ kind, id, meta: { version: 0, createdAt: 0, updatedAt: 0 }, spec } as FileObject);
  return { ok: true, value: { id } };
}

function validateData(kind: FileKind, spec: Secret['spec'] | Config['spec']): Refusal | null {
  if ('driver' in spec && spec.driver) return spec.driver.Name ? null : invalid('secret driver must have a name');
  const size = base64Size(spec.data);
  if (size < 1 || size >= TOO_LARGE[kind])
    return invalid(`${kind} data must be larger than 0 and less than ${TOO_LARGE[kind]} bytes`);
  return null;
}

/** Bytes that a base64 text stands for. */
function base64Size(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor((text.length * 3) / 4) - padding;
}

export function updateFile(
  { tx, leader }: WriteContext,
  kind: FileKind,
  { ref, version, spec }: Update,
): ControlResult {
  const found = find(tx, kind, ref);
  if (!found.ok) return found;
  const old = found.object;
  const isChanged =
    spec.annotations.name !== old.spec.annotations.name || (spec.data !== '' && spec.data !== old.spec.data);
  if (isChanged) return invalid('only updates to Labels are allowed');
  if (version !== old.meta.version) return outOfSequence();
  leader.begin(`${kind}.updated`, [`${kind}:${old.id}`], { name: old.spec.annotations.name });
  const annotations = { ...old.spec.annotations, labels: spec.annotations.labels };
  tx.update({ ...old, spec: { ...old.spec, annotations } } as FileObject);
  return { ok: true, value: null };
}

export function removeFile({ tx, leader }: WriteContext, kind: FileKind, ref: string): ControlResult {
  const found = find(tx, kind, ref);
  if (!found.ok) return found;
  const { id, spec } = found.object;
  const { name } = spec.annotations;
  const users = [...tx.all('service')].filter((service) => references(service, kind, id));
  if (users.length > 0) {
    const names = users.map((service) => service.spec.annotations.name).join(', ');
    const services = users.length === 1 ? 'service' : 'services';
    return invalid(`${kind} '${name}' is in use by the following ${services}: ${names}`);
  }
  leader.begin(`${kind}.removed`, [`${kind}:${id}`], { name });
  tx.remove(kind, id);
  return { ok: true, value: null };
}

function references(service: Service, kind: FileKind, id: string): boolean {
  const { secrets, configs } = service.spec.task.container;
  return (kind === 'secret' ? secrets : configs).some((reference) => reference.id === id);
}
