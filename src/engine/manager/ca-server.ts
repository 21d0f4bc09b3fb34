/**
 * The certificate authority: who joins gets a node object and a certificate with the role that its token stands for; who is
 * known already gets a certificate with the role that the store has for it now. `swarmkit: ca/server.go IssueNodeCertificate`
 *
 * Simplified: a certificate is its role and its dates; nothing is signed.
 */
import type { Cluster, Node, NodeRole } from '../store/objects.ts';
import type { StoreEvent, Transaction } from '../store/store.ts';
import type { ManagerContext } from './manager.ts';
import type { CertificateReply, CertificateRequest } from './messages.ts';
import type { Subsystem } from './subsystem.ts';

interface CaState {
  /** Answers of turns under way, by `origin`. */
  answers: Record<string, CertificateReply>;
}

export const BAD_TOKEN = 'A valid join token is necessary to join this cluster';

export class CaServer implements Subsystem<CaState> {
  readonly name = 'ca';
  readonly state: CaState;
  private readonly context: ManagerContext;

  constructor(context: ManagerContext, state?: unknown) {
    this.context = context;
    this.state = (state as CaState | undefined) ?? { answers: {} };
  }

  start(): void {}

  onCommit(_events: readonly StoreEvent[]): void {}

  write(transaction: Transaction, data: unknown): void {
    const request = data as CertificateRequest;
    this.state.answers[request.origin] = request.nodeId
      ? this.renew(transaction, request)
      : this.admit(transaction, request);
  }

  written(data: unknown, ok: boolean): void {
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

  private admit(transaction: Transaction, request: CertificateRequest): CertificateReply {
    const role = this.roleOf(request.token);
    if (!role) return { ok: false, message: BAD_TOKEN };
    const id = this.context.newId();
    const now = this.context.now;
    const node: Node = {
      kind: 'node',
      id,
      meta: { version: 0, createdAt: 0, updatedAt: 0 },
      spec: { annotations: { name: '', labels: {} }, desiredRole: role, availability: request.availability },
      description: null,
      status: { state: 'unknown', message: '', address: '' },
      role,
      certificate: { role, issuedAt: now, expiresAt: now + this.certExpiry() },
      attachments: {},
    };
    transaction.create(node);
    this.context.begin('node.joined', [`node:${id}`, `machine:${request.hostname}`], {
      hostname: request.hostname,
      role,
    });
    return this.granted(node);
  }

  private renew(transaction: Transaction, request: CertificateRequest): CertificateReply {
    const node = transaction.get('node', request.nodeId);
    if (!node) return { ok: false, message: `node ${request.nodeId} not found` };
    const now = this.context.now;
    const renewed: Node = {
      ...node,
      certificate: { role: node.role, issuedAt: now, expiresAt: now + this.certExpiry() },
    };
    transaction.update(renewed);
    this.context.begin('node.certificate', [`node:${node.id}`, `machine:${request.hostname}`], {
      hostname: request.hostname,
      role: node.role,
    });
    return this.granted(renewed);
  }

  private granted(node: Node): CertificateReply {
    return {
      ok: true,
      nodeId: node.id,
      role: node.role,
      issuedAt: node.certificate.issuedAt,
      expiresAt: node.certificate.expiresAt,
      managers: this.context.members().map(({ nodeId, address }) => ({ nodeId, address })),
      rootCa: this.cluster().rootCa,
    };
  }

  private roleOf(token: string): NodeRole | null {
    for (const cluster of this.context.store.all('cluster')) {
      if (token === cluster.joinTokens.manager) return 'manager';
      if (token === cluster.joinTokens.worker) return 'worker';
    }
    return null;
  }

  private certExpiry(): number {
    return this.cluster().spec.certExpiry;
  }

  private cluster(): Cluster {
    for (const cluster of this.context.store.all('cluster')) return cluster;
    throw new Error('ca: no cluster object');
  }
}
