/** A node for people: `docker node inspect --pretty`. Source: `docker/cli: cli/command/node/formatter.go` (the pretty template). */

import { printTime } from '../../../go-types/struct.ts';
import type { Node } from '../../../protocol/engine-api.ts';
import { formatBinarySize } from '../../opts/memory-bytes.ts';
import { capitalize } from '../capitalize.ts';

/** Several lines. Tabs are docker's own. */
export function prettyNode(node: Node): string {
  const { Description: description, Spec: spec } = node;
  const lines = [
    `ID:\t\t\t${node.ID}`,
    ...(spec.Name ? [`Name:\t\t\t${spec.Name}`] : []),
    ...labelLines('Labels:', spec.Labels),
    `Hostname:              \t${description.Hostname ?? ''}`,
    `Joined at:             \t${capitalize(printTime(node.CreatedAt))}`,
    ...statusLines(node),
    ...managerLines(node),
    'Platform:',
    ` Operating System:\t${description.Platform?.OS ?? ''}`,
    ` Architecture:\t\t${description.Platform?.Architecture ?? ''}`,
    'Resources:',
    ` CPUs:\t\t\t${Math.trunc((description.Resources?.NanoCPUs ?? 0) / 1e9)}`,
    ` Memory:\t\t${description.Resources?.MemoryBytes ? formatBinarySize(description.Resources.MemoryBytes) : ''}`,
    ...pluginLines(node),
    `Engine Version:\t\t${description.Engine?.EngineVersion ?? ''}`,
    ...labelLines('Engine Labels:', description.Engine?.Labels),
    ...tlsLines(node),
  ];
  return `${lines.join('\n')}\n`;
}

function statusLines({ Status: status, Spec: spec }: Node): string[] {
  return [
    'Status:',
    ` State:\t\t\t${capitalize(status.State)}`,
    ...(status.Message ? [` Message:              \t${capitalize(status.Message)}`] : []),
    ` Availability:         \t${capitalize(spec.Availability)}`,
    ...(status.Addr ? [` Address:\t\t${status.Addr}`] : []),
  ];
}

function managerLines({ ManagerStatus: status }: Node): string[] {
  if (!status) return [];
  return [
    'Manager Status:',
    ` Address:\t\t${status.Addr ?? ''}`,
    ` Raft Status:\t\t${capitalize(status.Reachability)}`,
    ` Leader:\t\t${status.Leader ? 'Yes' : 'No'}`,
  ];
}

function pluginLines({ Description: description }: Node): string[] {
  const names = new Map<string, string[]>();
  for (const { Type: type = '', Name: name = '' } of description.Engine?.Plugins ?? []) {
    names.set(type, [...(names.get(type) ?? []), name]);
  }
  if (names.size === 0) return [];
  const types = [...names.keys()].sort();
  return ['Plugins:', ...types.map((type) => ` ${type}:\t\t${names.get(type)!.join(', ')}`)];
}

function tlsLines({ Description: description }: Node): string[] {
  const info = description.TLSInfo;
  if (!info?.TrustRoot && !info?.CertIssuerSubject && !info?.CertIssuerPublicKey) return [];
  return [
    'TLS Info:',
    ' TrustRoot:',
    info.TrustRoot ?? '',
    ` Issuer Subject:\t${info.CertIssuerSubject ?? ''}`,
    ` Issuer Public Key:\t${info.CertIssuerPublicKey ?? ''}`,
  ];
}

function labelLines(title: string, labels: Record<string, string> | null | undefined): string[] {
  const names = Object.keys(labels ?? {}).sort();
  if (names.length === 0) return [];
  return [title, ...names.map((name) => ` - ${name}${labels![name] ? `=${labels![name]}` : ''}`)];
}
