/**
 * The certificate authority: who joins gets a node object and a certificate with the role that its token stands for; who is
 * known already gets a certificate with the role that the store has for it now. `swarmkit: ca/server.go IssueNodeCertificate`
 *
 * Simplified: a certificate is its role, its dates and its issuer; nothing is signed. The life of new ones is what the cluster's
 * spec says now; the real CA takes a changed one up with the next root or the next leader.
 */

import type { Cluster, Node, NodeCertificate, NodeRole } from '../store/objects.ts';
import type { StoreEvent, Transaction } from '../store/store.ts';
import { tokenDigestHex } from './ca/root-certificate.ts';
import { issuerOf, ROTATION_INTERVAL, reconcileRotation } from './ca/root-rotation.ts';
import type { ManagerContext } from './manager.ts';
import type { CertificateReply, CertificateRequest } from './messages.ts';
import type { Subsystem } from './subsystem.ts';

interface CaState {
  /** Answers of turns under way, by `origin`. */
  answers: Record<string, CertificateReply>;
  /** A root rotation goes on, and its next step is due at some time. */
  rotating: boolean;
}

export const BAD_TOKEN = 'A valid join token is necessary to join this cluster';
/** What TLS says to a client whose certificate has run out. */
const EXPIRED = 'remote error: tls: expired certificate';

/** A turn of its own: a step of a root rotation. */
const ROTATE = 'rotate';

export class CaServer implements Subsystem<CaState> {
  readonly name = 'ca';
  readonly state: CaState;
  private readonly context: ManagerContext;

  constructor(context: ManagerContext, state?: unknown) {
    this.context = context;
    this.state = (state as CaState | undefined) ?? { answers: {}, rotating: false };
  }

  start(): void {
    this.rotate();
  }

  onCommit(events: readonly StoreEvent[]): void {
    for (const event of events) if (event.kind === 'cluster') this.rotate();
  }

  timer(): void {
    this.context.requestWrite(this.name, ROTATE);
  }

  write(transaction: Transaction, data: unknown): void {
    if (data === ROTATE) return this.takeRotationStep(transaction);
    const request = data as CertificateRequest;
    this.state.answers[request.origin] = request.nodeId
      ? this.renew(transaction, request)
      : this.admit(transaction, request);
  }

  written(data: unknown, ok: boolean): void {
    if (data === ROTATE) return;
    const request = data as CertificateRequest;
    const answer = this.state.answers[request.origin];
    delete this.state.answers[request.origin];
    if (answer && ok) this.context.answer(request, 'ca.reply', answer, { ok: answer.ok });
    else
      this.context.answer(
        request,
        'ca.reply',
        { ok: false, message: 'raft: failed to process the request: node lost leader status' },
        { ok: false },
      );
  }

  // ---- root rotation

  /** Takes the first step of a rotation that has just begun, or that an earlier leader has left. */
  private rotate(): void {
    if (this.state.rotating || !this.cluster().rootRotation) return;
    this.state.rotating = true;
    this.context.requestWrite(this.name, ROTATE);
  }

  private takeRotationStep(transaction: Transaction): void {
    this.state.rotating = reconcileRotation(transaction, this.cluster(transaction), this.context);
    if (this.state.rotating) this.context.schedule(this.name, ROTATION_INTERVAL, ROTATE);
  }

  // ---- certificates

  private admit(transaction: Transaction, request: CertificateRequest): CertificateReply {
    const cluster = this.cluster(transaction);
    if (request.token.split('-').at(-2) !== cluster.rootCa.digest)
      return {
        ok: false,
        message: `remote CA does not match fingerprint. Expected: ${tokenDigestHex(request.token)}`,
        final: 'plain',
      };
    const role = roleOf(request.token, cluster);
    if (!role) return { ok: false, message: BAD_TOKEN, final: 'InvalidArgument' };
    const id = this.context.newId();
    const node: Node = {
      kind: 'node',
      id,
      meta: { version: 0, createdAt: 0, updatedAt: 0 },
      spec: { annotations: { name: '', labels: {} }, desiredRole: role, availability: request.availability },
      description: null,
      status: { state: 'unknown', message: '', address: '' },
      role,
      certificate: this.certificate(role, cluster),
      attachments: {},
    };
    transaction.create(node);
    this.context.begin('node.joined', [`node:${id}`, `machine:${request.hostname}`], {
      hostname: request.hostname,
      role,
    });
    return this.granted(node, cluster);
  }

  private renew(transaction: Transaction, request: CertificateRequest): CertificateReply {
    const node = transaction.get('node', request.nodeId);
    if (!node) return { ok: false, message: `node ${request.nodeId} not found when attempting to renew certificate` };
    if (node.certificate.expiresAt <= this.context.now) return { ok: false, message: EXPIRED };
    const cluster = this.cluster(transaction);
    const renewed: Node = { ...node, certificate: this.certificate(node.role, cluster) };
    transaction.update(renewed);
    this.context.begin('node.certificate', [`node:${node.id}`, `machine:${request.hostname}`], {
      hostname: request.hostname,
      role: node.role,
      expiresAt: renewed.certificate.expiresAt,
      newRoot: cluster.rootRotation !== null,
    });
    return this.granted(renewed, cluster);
  }

  private certificate(role: NodeRole, cluster: Cluster): NodeCertificate {
    const { now } = this.context;
    return { role, issuedAt: now, expiresAt: now + cluster.spec.certExpiry, state: 'issued' };
  }

  private granted(node: Node, cluster: Cluster): CertificateReply {
    return {
      ok: true,
      nodeId: node.id,
      role: node.role,
      issuedAt: node.certificate.issuedAt,
      expiresAt: node.certificate.expiresAt,
      issuer: issuerOf(cluster),
      managers: this.context.members().map(({ nodeId, address }) => ({ nodeId, address })),
      rootCa: cluster.rootCa,
    };
  }

  private cluster(reader: Pick<Transaction, 'all'> = this.context.store): Cluster {
    for (const cluster of reader.all('cluster')) return cluster;
    throw new Error('ca: no cluster object');
  }
}

function roleOf(token: string, { joinTokens }: Cluster): NodeRole | null {
  if (token === joinTokens.manager) return 'manager';
  return token === joinTokens.worker ? 'worker' : null;
}
