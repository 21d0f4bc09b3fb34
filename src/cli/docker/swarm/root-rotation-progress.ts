/**
 * Shows how a new root certificate reaches the nodes, until all have it: looks at the cluster every 200 ms.
 * Source: `cli: cli/command/swarm/progress/root_rotation.go`.
 */
import type { Node, Swarm } from '../../../protocol/engine-api.ts';
import { sha256 } from '../../../protocol/sha256.ts';
import type { ProgressOutput } from '../progress/progress-lines.ts';
import type { Waiting } from '../progress/service-progress.ts';

const pollMs = 200;
const digest = 'desired root digest';
const certificates = '  rotated TLS certificates';
const roots = '  rotated CA certificates';

/** Resolves when every node trusts the new root, or after Ctrl-C. */
export async function waitOnRootRotation({ api, process }: Waiting, output: ProgressOutput): Promise<void> {
  output.line(digest, '');
  output.line(certificates, '');
  output.line(roots, ' ');
  let isDone = false;
  for (;;) {
    const swarm = await api.get<Swarm>('/swarm');
    if (isDone) return;
    isDone = draw(swarm, await api.get<Node[]>('/nodes'), output);
    await process.host.clock.sleep(pollMs, process.signal);
    if (!process.signal.aborted) continue;
    if (isDone) return;
    output.message('Operation continuing in background.');
    output.message('Use `swarmctl cluster inspect default` to check progress.');
    return;
  }
}

/** Draws the state of things; returns whether every node has its new certificate and trusts the new root. */
function draw(
  { TLSInfo: desired, RootRotationInProgress }: Swarm,
  nodes: readonly Node[],
  output: ProgressOutput,
): boolean {
  const total = nodes.length;
  const count = (isRight: (told: Swarm['TLSInfo']) => boolean): number =>
    nodes.filter(({ Description }) => isRight(Description.TLSInfo ?? {})).length;
  const certificatesRight = count(
    (told) =>
      told.CertIssuerPublicKey === desired.CertIssuerPublicKey && told.CertIssuerSubject === desired.CertIssuerSubject,
  );
  const rootsRight = count((told) => told.TrustRoot === desired.TrustRoot);
  output.line(digest, `sha256:${sha256(desired.TrustRoot ?? '')}`);
  output.line(certificates, '', { current: certificatesRight, total, units: 'nodes' });
  // As long as certificates are to be renewed no root counts as rotated.
  const areCertificatesDone = certificatesRight === total && !RootRotationInProgress;
  output.line(roots, ' ', { current: areCertificatesDone ? rootsRight : 0, total, units: 'nodes' });
  return areCertificatesDone && rootsRight === total;
}
