/**
 * The leader's control API: reads answer from the store as it is applied, writes validate and change it in a turn of
 * their own, and are answered once their entry is committed. `swarmkit: manager/controlapi/server.go`
 *
 * The manager calls `requestWrite('controlapi', { token, request })`, and takes the result by the token when the turn is
 * over (at once if it proposed nothing, else on commit).
 */
import type { Transaction } from '../../store/store.ts';
import type { LeaderContext, Subsystem } from '../subsystem.ts';
import { clusterInfo, getCluster, updateCluster } from './cluster.ts';
import type { ControlRequest, ControlResult } from './control-request.ts';
import { checkSize } from './limits.ts';
import { find } from './lookup.ts';
import { createNetwork, listNetworks, removeNetwork } from './network.ts';
import { getNode, listNodes, removeNode, updateNode } from './node.ts';
import { refuse } from './refusal.ts';
import { createFile, getFile, listFiles, removeFile, updateFile } from './secret.ts';
import { createService, listServices, removeService, updateService, withCounts } from './service.ts';
import { getTask, listTasks } from './task.ts';
import type { WriteContext } from './write-context.ts';

/** Plain data: results of writes that nobody has taken yet. */
export interface ControlApiState {
  results: Record<string, ControlResult>;
}

/** Data of a write turn. */
export interface ControlWrite {
  readonly token: string;
  readonly request: ControlRequest;
}

/** Does this operation only read? */
export function isRead(request: ControlRequest): boolean {
  return request.op === 'info' || request.op.endsWith('.list') || request.op.endsWith('.get');
}

export class ControlApi implements Subsystem<ControlApiState> {
  readonly name = 'controlapi';
  readonly state: ControlApiState;
  private readonly context: LeaderContext;

  constructor(context: LeaderContext, state: ControlApiState = { results: {} }) {
    this.context = context;
    this.state = state;
  }

  start(): void {}

  onCommit(): void {}

  /** Answers a request that only reads. */
  read(request: ControlRequest): ControlResult {
    const { store } = this.context;
    switch (request.op) {
      case 'node.list':
        return ok(listNodes(this.context, request.filters));
      case 'node.get':
        return getNode(this.context, request.ref);
      case 'service.list':
        return ok(listServices(store, request.filters));
      case 'service.get': {
        const found = find(store, 'service', request.ref);
        return found.ok ? ok(withCounts(store, found.object)) : found;
      }
      case 'task.list':
        return listTasks(store, request.filters);
      case 'task.get':
        return getTask(store, request.ref);
      case 'network.list':
        return ok(listNetworks(store, request.filters));
      case 'network.get': {
        const found = find(store, 'network', request.ref);
        return found.ok ? ok(found.object) : found;
      }
      case 'secret.list':
        return ok(listFiles(store, 'secret', request.filters) as ControlValueOf);
      case 'config.list':
        return ok(listFiles(store, 'config', request.filters) as ControlValueOf);
      case 'secret.get':
        return getFile(store, 'secret', request.ref);
      case 'config.get':
        return getFile(store, 'config', request.ref);
      case 'cluster.get':
        return getCluster(store);
      case 'info':
        return clusterInfo(this.context);
      default:
        throw new Error(`controlapi: ${request.op} is no read`);
    }
  }

  write(tx: Transaction, data: unknown): void {
    const { token, request } = data as ControlWrite;
    this.state.results[token] = checkSize(request) ?? perform({ tx, leader: this.context }, request);
  }

  /** The entry was lost with the leadership: nobody knows whether it will be committed, and the user is told so. */
  written(data: unknown, committed: boolean): void {
    if (committed) return;
    const { token } = data as ControlWrite;
    this.state.results[token] = refuse('Unknown', 'raft: failed to process the request: node lost leader status');
  }

  /** The result of the write turn with this token; it is forgotten here. */
  takeResult(token: string): ControlResult {
    const result = this.state.results[token];
    if (!result) throw new Error(`controlapi: no result for ${token}`);
    delete this.state.results[token];
    return result;
  }
}

type ControlValueOf = Extract<ControlResult, { ok: true }>['value'];

function ok(value: ControlValueOf): ControlResult {
  return { ok: true, value };
}

function perform(context: WriteContext, request: ControlRequest): ControlResult {
  switch (request.op) {
    case 'node.update':
      return updateNode(context, request);
    case 'node.remove':
      return removeNode(context, request);
    case 'service.create':
      return createService(context, request.spec);
    case 'service.update':
      return updateService(context, request);
    case 'service.remove':
      return removeService(context, request.ref);
    case 'network.create':
      return createNetwork(context, request.spec);
    case 'network.remove':
      return removeNetwork(context, request.ref);
    case 'secret.create':
      return createFile(context, 'secret', request.spec);
    case 'config.create':
      return createFile(context, 'config', request.spec);
    case 'secret.update':
      return updateFile(context, 'secret', request);
    case 'config.update':
      return updateFile(context, 'config', request);
    case 'secret.remove':
      return removeFile(context, 'secret', request.ref);
    case 'config.remove':
      return removeFile(context, 'config', request.ref);
    case 'cluster.update':
      return updateCluster(context, request);
    default:
      throw new Error(`controlapi: ${request.op} is no write`);
  }
}
