/** The table of `docker node ls`. Source: `docker/cli: cli/command/node/formatter.go`. */
import type { Node, SwarmInfo, TlsInfo } from '../../../protocol/engine-api.ts';
import type { Listing } from '../../table/listing.ts';
import { capitalize } from '../capitalize.ts';

/** A node with what the asked daemon knows of the swarm. */
export interface NodeRow {
  node: Node;
  swarm: SwarmInfo | null;
}

export const nodeListing: Listing<NodeRow> = {
  typeName: '*node.nodeContext',
  fields: {
    ID: { header: 'ID', value: ({ node }) => node.ID },
    Self: { header: '', value: ({ node, swarm }) => node.ID === swarm?.NodeID },
    Hostname: { header: 'HOSTNAME', value: ({ node }) => node.Description.Hostname ?? '' },
    Status: { header: 'STATUS', value: ({ node }) => capitalize(node.Status.State) },
    Availability: { header: 'AVAILABILITY', value: ({ node }) => capitalize(node.Spec.Availability) },
    ManagerStatus: { header: 'MANAGER STATUS', value: ({ node }) => managerStatus(node) },
    EngineVersion: { header: 'ENGINE VERSION', value: ({ node }) => node.Description.Engine?.EngineVersion ?? '' },
    TLSStatus: { header: 'TLS STATUS', value: tlsStatus },
  },
  table:
    '{{.ID}} {{if .Self}}*{{else}} {{ end }}\t{{.Hostname}}\t{{.Status}}\t{{.Availability}}\t{{.ManagerStatus}}\t{{.EngineVersion}}',
  raw: 'node_id: {{.ID}}\nhostname: {{.Hostname}}\nstatus: {{.Status}}\navailability: {{.Availability}}\nmanager_status: {{.ManagerStatus}}\n',
};

function managerStatus({ ManagerStatus: status }: Node): string {
  return status?.Leader ? 'Leader' : capitalize(status?.Reachability);
}

function tlsStatus({ node, swarm }: NodeRow): string {
  const [own, wanted] = [node.Description.TLSInfo, swarm?.Cluster?.TLSInfo];
  if (isEmpty(own) || isEmpty(wanted)) return 'Unknown';
  return tlsKey(own) === tlsKey(wanted) ? 'Ready' : 'Needs Rotation';
}

function isEmpty(info: TlsInfo | undefined): boolean {
  return !info?.TrustRoot && !info?.CertIssuerSubject && !info?.CertIssuerPublicKey;
}

function tlsKey(info: TlsInfo | undefined): string {
  return [info?.TrustRoot, info?.CertIssuerSubject, info?.CertIssuerPublicKey].join('\n');
}
