/**
 * Mounts of a service: `type=volume,source=data,target=/var/lib/data,readonly`.
 * Source: `cli: opts/mount.go`; errors checked against the real client.
 */

import { parseBool } from '../../go-template/go-strconv.ts';
import type { Mount, MountType } from '../../protocol/engine-api.ts';
import { type ParseResult, parsed, unparsable } from '../flags/flag.ts';
import { parseCsv } from './csv.ts';
import { cut } from './cut.ts';
import { parseOctal } from './go-number.ts';
import { parseMemoryBytes } from './memory-bytes.ts';

/** Reads one `--mount`; `Source` stays as typed, see `withAbsoluteSource`. */
export function parseMount(text: string): ParseResult<Mount> {
  const fields = parseCsv(text);
  if (!fields.ok) return fields;
  const mount: Mount = { Type: 'volume' };
  for (const field of fields.value) {
    const problem = setField(mount, field);
    if (problem !== null) return unparsable(problem);
  }
  const problem = whatIsMissing(mount) ?? whatIsMixed(mount);
  return problem === null ? parsed(mount) : unparsable(problem);
}

/** Sets what one field says; returns what is wrong with it, or null. */
function setField(mount: Mount, field: string): string | null {
  const { head, rest: value } = cut(field, '=');
  const key = head.toLowerCase();
  if (value === null) return setSwitch(mount, key) ? null : `invalid field '${field}' must be a key=value pair`;
  const setter = SETTERS[key];
  if (setter === undefined) return `unexpected key '${key}' in '${field}'`;
  return setter(mount, value, key);
}

function setSwitch(mount: Mount, key: string): boolean {
  if (key === 'readonly' || key === 'ro') mount.ReadOnly = true;
  else if (key === 'volume-nocopy') volumeOptions(mount).NoCopy = true;
  else if (key === 'bind-nonrecursive') bindOptions(mount).NonRecursive = true;
  else return false;
  return true;
}

type Setter = (mount: Mount, value: string, key: string) => string | null;

const setSource: Setter = (mount, value) => {
  mount.Source = value;
  return null;
};

const setTarget: Setter = (mount, value) => {
  mount.Target = value;
  return null;
};

const setReadOnly: Setter = (mount, value, key) =>
  setBoolean(value, key, (on) => {
    if (on) mount.ReadOnly = true;
    else delete mount.ReadOnly;
  });

const SETTERS: Record<string, Setter> = {
  type: (mount, value) => {
    mount.Type = value.toLowerCase() as MountType;
    return null;
  },
  source: setSource,
  src: setSource,
  target: setTarget,
  dst: setTarget,
  destination: setTarget,
  readonly: setReadOnly,
  ro: setReadOnly,
  consistency: (mount, value) => {
    mount.Consistency = value.toLowerCase();
    return null;
  },
  'bind-propagation': (mount, value) => {
    bindOptions(mount).Propagation = value.toLowerCase();
    return null;
  },
  'bind-nonrecursive': (mount, value, key) =>
    setBoolean(value, key, (on) => {
      bindOptions(mount).NonRecursive = on || undefined;
    }),
  'bind-recursive': setBindRecursive,
  'volume-subpath': (mount, value) => {
    volumeOptions(mount).Subpath = value;
    return null;
  },
  'volume-nocopy': (mount, value, key) =>
    setBoolean(value, key, (on) => {
      volumeOptions(mount).NoCopy = on || undefined;
    }),
  'volume-label': (mount, value) => {
    const options = volumeOptions(mount);
    options.Labels = withPair(options.Labels, value);
    return null;
  },
  'volume-driver': (mount, value) => {
    volumeOptions(mount).DriverConfig!.Name = value;
    return null;
  },
  'volume-opt': (mount, value) => {
    const driver = volumeOptions(mount).DriverConfig!;
    driver.Options = withPair(driver.Options, value);
    return null;
  },
  'image-subpath': (mount, value) => {
    mount.ImageOptions = { Subpath: value };
    return null;
  },
  'tmpfs-size': (mount, value, key) => {
    const size = parseMemoryBytes(value);
    if (!size.ok) return `invalid value for ${key}: ${value}`;
    tmpfsOptions(mount).SizeBytes = size.value || undefined;
    return null;
  },
  'tmpfs-mode': (mount, value, key) => {
    const mode = parseOctal(value);
    if (!mode.ok) return `invalid value for ${key}: ${value}`;
    tmpfsOptions(mount).Mode = mode.value || undefined;
    return null;
  },
};

function setBindRecursive(mount: Mount, value: string, key: string): string | null {
  const options = bindOptions(mount);
  if (value === 'disabled') options.NonRecursive = true;
  else if (value === 'writable') options.ReadOnlyNonRecursive = true;
  else if (value === 'readonly') options.ReadOnlyForceRecursive = true;
  else if (value !== 'enabled') {
    return `invalid value for ${key}: ${value} (must be "enabled", "disabled", "writable", or "readonly")`;
  }
  return null;
}

function setBoolean(value: string, key: string, assign: (on: boolean) => void): string | null {
  const on = parseBool(value);
  if (!on.ok) return `invalid value for ${key}: ${value}`;
  assign(on.value);
  return null;
}

function withPair(pairs: Record<string, string> | undefined, text: string): Record<string, string> | undefined {
  const { head, rest } = cut(text, '=');
  return head === '' ? pairs : { ...pairs, [head]: rest ?? '' };
}

function volumeOptions(mount: Mount): NonNullable<Mount['VolumeOptions']> {
  mount.VolumeOptions ??= { DriverConfig: {} };
  return mount.VolumeOptions;
}

function bindOptions(mount: Mount): NonNullable<Mount['BindOptions']> {
  mount.BindOptions ??= {};
  return mount.BindOptions;
}

function tmpfsOptions(mount: Mount): NonNullable<Mount['TmpfsOptions']> {
  mount.TmpfsOptions ??= {};
  return mount.TmpfsOptions;
}

function whatIsMissing(mount: Mount): string | null {
  if (!mount.Type) return 'type is required';
  return mount.Target ? null : 'target is required';
}

function whatIsMixed(mount: Mount): string | null {
  const families = [
    ['volume', mount.VolumeOptions],
    ['image', mount.ImageOptions],
    ['bind', mount.BindOptions],
    ['tmpfs', mount.TmpfsOptions],
  ] as const;
  for (const [family, options] of families) {
    if (options && mount.Type !== family) return `cannot mix '${family}-*' options with mount type '${mount.Type}'`;
  }
  return whatRecursionNeeds(mount);
}

function whatRecursionNeeds(mount: Mount): string | null {
  const needs = (value: string, what: string): string =>
    `option 'bind-recursive=${value}' requires '${what}' to be specified in conjunction`;
  if (mount.BindOptions?.ReadOnlyNonRecursive && !mount.ReadOnly) return needs('writable', 'readonly');
  if (!mount.BindOptions?.ReadOnlyForceRecursive) return null;
  if (!mount.ReadOnly) return needs('readonly', 'readonly');
  return mount.BindOptions.Propagation === 'rprivate' ? null : needs('readonly', 'bind-propagation=rprivate');
}

/** A source that starts with a dot is a directory below, or beside, the shell's own. */
export function withAbsoluteSource(mount: Mount, cwd: string): Mount {
  return mount.Source?.startsWith('.') ? { ...mount, Source: absolutePath(mount.Source, cwd) } : mount;
}

/** `path` seen from `cwd`, without `.` and `..`. */
function absolutePath(path: string, cwd: string): string {
  const steps: string[] = [];
  for (const step of `${cwd}/${path}`.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
}
