/**
 * Turns the wanted role of a node into its role. `swarmkit: manager/role_manager.go`
 *
 * Promotion: the role is set at once; the node then renews its certificate and joins the raft group by itself.
 * Demotion: the member is taken out of the raft group first, if that leaves a quorum; the role follows. The leader never
 * takes itself out: it hands leadership on, and the next leader finishes the job.
 */
import { seconds } from '../kernel/time.ts';
import type { Node } from '../store/objects.ts';
import type { StoreEvent, Transaction } from '../store/store.ts';
import type { ManagerContext } from './manager.ts';
import type { Subsystem } from './subsystem.ts';

interface RoleManagerState {
  /** Node ids whose role has to change. */
  pending: string[];
  retry: boolean;
}

/** `swarmkit: role_manager.go roleReconcileInterval` */
const RETRY = seconds(5);

export class RoleManager implements Subsystem<RoleManagerState> {
  readonly name = 'role-manager';
  readonly state: RoleManagerState;
  private readonly context: ManagerContext;

  constructor(context: ManagerContext, state?: unknown) {
    this.context = context;
    this.state = (state as RoleManagerState | undefined) ?? { pending: [], retry: false };
  }

  start(): void {
    for (const node of this.context.store.all('node')) this.consider(node);
    // Members whose node is gone or demoted are taken out (a leader may have died half-way).
    this.reconcile();
  }

  onCommit(events: readonly StoreEvent[]): void {
    let changed = false;
    for (const event of events) {
      if (event.kind !== 'node') continue;
      if (event.action === 'remove') this.removeMemberOf(event.id);
      else changed = this.consider(event.object as Node) || changed;
    }
    if (changed) this.reconcile();
  }

  write(transaction: Transaction): void {
    this.state.pending = this.state.pending.filter((id) => {
      const node = transaction.get('node', id);
      if (!node || node.spec.desiredRole === node.role) return false;
      if (node.spec.desiredRole === 'worker' && this.memberOf(id)) return true;
      this.context.begin('node.role', [`node:${id}`], {
        from: node.role,
        to: node.spec.desiredRole,
        hostname: node.description?.hostname ?? '',
      });
      transaction.update({ ...node, role: node.spec.desiredRole });
      return false;
    });
  }

  timer(): void {
    this.state.retry = false;
    this.reconcile();
  }

  private consider(node: Node): boolean {
    if (node.spec.desiredRole === node.role || this.state.pending.includes(node.id)) return false;
    this.state.pending.push(node.id);
    return true;
  }

  private reconcile(): void {
    this.evictStrangers();
    let ready = false;
    for (const id of this.state.pending) {
      const node = this.context.store.get('node', id);
      if (!node) continue;
      if (node.spec.desiredRole === 'manager' || !this.memberOf(id)) ready = true;
      else this.removeMemberOf(id);
    }
    if (ready) this.context.requestWrite(this.name);
    if (this.state.pending.length === 0 || this.state.retry) return;
    this.state.retry = true;
    this.context.schedule(this.name, RETRY, 'retry');
  }

  /** Members whose node is gone or is a worker already: a leader may have died half-way. */
  private evictStrangers(): void {
    for (const { raftId, nodeId } of this.context.members()) {
      const node = this.context.store.get('node', nodeId);
      const stranger = node ? node.role === 'worker' && node.spec.desiredRole === 'worker' : true;
      if (stranger && raftId !== this.context.raftId && this.context.canRemoveMember(raftId))
        this.context.removeMember(raftId);
    }
  }

  private removeMemberOf(nodeId: string): void {
    const member = this.memberOf(nodeId);
    if (!member) return;
    if (member.raftId === this.context.raftId) this.context.transferLeadership();
    else if (this.context.canRemoveMember(member.raftId)) this.context.removeMember(member.raftId);
  }

  private memberOf(nodeId: string): { raftId: string } | undefined {
    return this.context.members().find((member) => member.nodeId === nodeId);
  }
}
