/**
 * Flags that `swarm init` and `swarm update` share, and what they make of a swarm's spec.
 * Source: `docker/cli: cli/command/swarm/opts.go`.
 */
import type { ExternalCa, SwarmSpec } from '../../../protocol/engine-api.ts';
import { type Flag, listFlag, type ParseResult, parsed, unparsable, valueFlag } from '../../flags/flag.ts';
import type { ParsedFlags } from '../../flags/flag-set.ts';
import { boolFlag, durationFlag, intFlag, uintFlag } from '../../flags/flag-types.ts';
import { parseCsv } from '../../opts/csv.ts';
import { cut } from '../../opts/cut.ts';

const day = 24 * 3600 * 1e9;

export const taskHistoryLimit = intFlag({
  name: 'task-history-limit',
  default: 5,
  description: 'Old tasks to keep for each slot',
});

export const dispatcherHeartbeat = durationFlag({
  name: 'dispatcher-heartbeat',
  default: 5e9,
  description: 'Time between two heartbeats of a node (ns|us|ms|s|m|h)',
});

export const maxSnapshots = uintFlag({
  name: 'max-snapshots',
  description: 'Old Raft snapshots to keep beside the newest',
});

export const snapshotInterval = uintFlag({
  name: 'snapshot-interval',
  default: 10000,
  description: 'Log entries between two Raft snapshots',
});

export const certExpiry = durationFlag({
  name: 'cert-expiry',
  default: 90 * day,
  description: 'How long certificates of nodes are valid (ns|us|ms|s|m|h)',
});

export const externalCa = listFlag({
  name: 'external-ca',
  valueWord: 'external-ca',
  description: 'Certificate authorities outside the swarm that sign for it',
  parse: parseExternalCa,
});

/** `--autolock`, worded for each command. */
export function autolockFlag(description: string): Flag<boolean> {
  return boolFlag({ name: 'autolock', description });
}

/** All of them but `--autolock`. */
export const swarmFlags: readonly Flag<unknown>[] = [
  taskHistoryLimit,
  dispatcherHeartbeat,
  maxSnapshots,
  snapshotInterval,
  certExpiry,
  externalCa,
];

/** `--listen-addr`. */
export const listenAddr = valueFlag({
  name: 'listen-addr',
  valueWord: 'node-addr',
  default: '0.0.0.0:2377',
  defaultText: '0.0.0.0:2377',
  description: 'Address to listen on (format: "<ip|interface>[:port]")',
  parse: parseListenAddress,
});

/** A spec with nothing said, as Go's zero value looks in JSON. */
export function emptySwarmSpec(): SwarmSpec {
  return {
    Labels: null as unknown as Record<string, string>,
    Orchestration: {},
    Raft: { ElectionTick: 0, HeartbeatTick: 0 },
    Dispatcher: {},
    CAConfig: {},
    TaskDefaults: {},
    EncryptionConfig: { AutoLockManagers: false },
  };
}

/** The spec with what the flags change. External authorities without a certificate of their own get the swarm's, if there is one. */
export function mergeSwarmSpec(
  spec: SwarmSpec,
  flags: ParsedFlags,
  autolock: Flag<boolean>,
  trustRoot?: string,
): SwarmSpec {
  const merged: SwarmSpec = {
    ...spec,
    Orchestration: { ...spec.Orchestration },
    Raft: { ...spec.Raft },
    Dispatcher: { ...spec.Dispatcher },
    EncryptionConfig: { ...spec.EncryptionConfig },
  };
  if (flags.changed(taskHistoryLimit)) merged.Orchestration.TaskHistoryRetentionLimit = flags.get(taskHistoryLimit);
  if (flags.changed(dispatcherHeartbeat)) merged.Dispatcher.HeartbeatPeriod = flags.get(dispatcherHeartbeat);
  if (flags.changed(maxSnapshots)) merged.Raft.KeepOldSnapshots = flags.get(maxSnapshots);
  if (flags.changed(snapshotInterval)) merged.Raft.SnapshotInterval = flags.get(snapshotInterval);
  if (flags.changed(autolock)) merged.EncryptionConfig.AutoLockManagers = flags.get(autolock);
  return mergeCaFlags(merged, flags, trustRoot);
}

/** The spec with what the flags about certificates change. */
export function mergeCaFlags(spec: SwarmSpec, flags: ParsedFlags, trustRoot?: string): SwarmSpec {
  const config = { ...spec.CAConfig };
  if (flags.changed(certExpiry)) config.NodeCertExpiry = flags.get(certExpiry);
  if (flags.changed(externalCa)) {
    config.ExternalCAs = flags.get(externalCa).map((ca) => ({ ...ca, CACert: ca.CACert || (trustRoot ?? '') }));
  }
  return { ...spec, CAConfig: config };
}

/** `protocol=cfssl,url=https://...`. */
function parseExternalCa(text: string): ParseResult<ExternalCa> {
  const fields = parseCsv(text);
  if (!fields.ok) return fields;
  const ca = { Protocol: '', URL: '', Options: {} as Record<string, string> };
  for (const field of fields.value) {
    const { head: key, rest: value } = cut(field, '=');
    if (value === null) return unparsable(`invalid field '${field}' must be a key=value pair`);
    if (key.toLowerCase() === 'url') ca.URL = value;
    else if (key.toLowerCase() !== 'protocol') ca.Options[key] = value;
    else if (value.toLowerCase() === 'cfssl') ca.Protocol = 'cfssl';
    else return unparsable(`unrecognized external CA protocol ${value}`);
  }
  if (ca.Protocol === '') return unparsable('the external-ca option needs a protocol= parameter');
  if (ca.URL === '') return unparsable('the external-ca option needs a url= parameter');
  return parsed({
    Protocol: ca.Protocol,
    URL: ca.URL,
    ...(Object.keys(ca.Options).length > 0 && { Options: ca.Options }),
  });
}

/** Host and port; what is missing comes from the default. */
function parseListenAddress(text: string): ParseResult<string> {
  const address = text.replace(/^tcp:\/\//, '');
  if (address === '' || address.includes('://')) return unparsable(`invalid proto, expected tcp: ${text}`);
  const parts = /^(\[[^\]]*\]|[^:/]*)(?::(\d*))?(\/.*)?$/.exec(address);
  if (!parts) return unparsable(`invalid bind address format: ${text}`);
  return parsed(`${parts[1] || '0.0.0.0'}:${parts[2] || '2377'}${parts[3] ?? ''}`);
}
