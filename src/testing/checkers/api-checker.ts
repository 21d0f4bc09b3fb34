/**
 * I16, I17: what users were told, held against what was decided. An update that was accepted for version v is the very next change
 * of the object after v; a read that begins after a change was acknowledged, or after another read, shows that version or a
 * newer one; what was deleted is not found any more, what was created is. Source: `docker service update` (version out of
 * sequence), `design/store.md`.
 *
 * SwarmKit's leader answers reads from memory, without asking a quorum: one that was deposed and does not know it yet may answer
 * with what was, until CheckQuorum makes it step down. Reads are not judged while there is such a leader, which must be over
 * within two election times.
 */
import type { Cluster } from '../../engine/cluster.ts';
import type { StoreObject } from '../../engine/store/objects.ts';
import type { ApiRequest, ApiResponse } from '../../protocol/api.ts';
import type { CommittedEntry, CommittedHistory, HistoryListener } from './committed-history.ts';
import { Violation } from './violation.ts';

/** Two election times of ten ticks, and a tick for each. */
const DEPOSED_TICKS = 22;

interface Asked {
  readonly request: ApiRequest;
  readonly host: string;
  /** Number of things that had happened at this door. */
  readonly order: number;
  readonly at: number;
}

/** One version of an object. */
interface Version {
  readonly version: number;
  /** Version that it took the place of; null for the first. */
  readonly after: number | null;
  readonly writer: string;
}

/** Something users know since a moment. */
interface Known {
  readonly order: number;
  readonly version: number;
}

export class ApiChecker implements HistoryListener {
  reads = 0;
  writes = 0;
  private readonly cluster: Cluster;
  private readonly history: CommittedHistory;
  private readonly open = new Map<number, Asked>();
  private order = 0;
  private readonly versions = new Map<string, Version[]>();
  private readonly known = new Map<string, Known[]>();
  private readonly deleted = new Map<string, number>();
  /** Who leads without being the newest leader, since when. */
  private readonly deposed = new Map<string, number>();
  private lastDeposed = Number.NEGATIVE_INFINITY;
  /** The highest term in which anybody has led, whether it still does or not. */
  private newest = 0;

  constructor(cluster: Cluster, history: CommittedHistory) {
    this.cluster = cluster;
    this.history = history;
  }

  after({ changes, writer }: CommittedEntry): void {
    for (const { kind, action, object, old } of changes) {
      if (kind === 'task') continue;
      if (action === 'remove') continue;
      let versions = this.versions.get(object.id);
      if (!versions) this.versions.set(object.id, (versions = []));
      versions.push({ version: object.meta.version, after: old?.meta.version ?? null, writer });
    }
  }

  /** Who leads. To be called after every event. */
  observe(): void {
    let leaders = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { swarm } of this.cluster.machines) {
      const leading = swarm.state.manager?.leading;
      if (!leading) continue;
      leaders++;
      if (leading.term > this.newest) this.newest = leading.term;
      if (leading.term < oldest) oldest = leading.term;
    }
    if (this.deposed.size === 0 && (leaders === 0 || oldest === this.newest)) return;
    for (const { name, swarm } of this.cluster.machines) {
      const leading = swarm.state.manager?.leading;
      if (leading && leading.term < this.newest) this.noteDeposed(name, swarm.manager!.raftNode.tickLength);
      else this.deposed.delete(name);
    }
  }

  private noteDeposed(name: string, tick: number): void {
    const { now, kernel } = this.cluster;
    // A daemon that is held still cannot know, and answers nobody; its time begins when it goes on.
    if (kernel.isFrozen(name)) this.deposed.delete(name);
    const since = this.deposed.get(name) ?? now;
    this.deposed.set(name, since);
    this.lastDeposed = now;
    if (now - since > DEPOSED_TICKS * tick)
      throw new Violation(
        'I16 a deposed leader steps down',
        `${name} still leads ${(now - since) / 1e6} s after another was elected`,
      );
  }

  // ---- the door

  asked(id: number, host: string, request: ApiRequest): void {
    this.open.set(id, { request, host, order: ++this.order, at: this.cluster.now });
  }

  answered(id: number, response: ApiResponse | null): void {
    const asked = this.open.get(id);
    this.open.delete(id);
    this.order++;
    if (!asked || !response) return;
    const { method, path } = asked.request;
    if (method === 'GET') this.readAnswered(asked, response);
    else if (response.status >= 400) return;
    else if (method === 'DELETE') this.deletionAnswered(path);
    else if (path.endsWith('/update') && path !== '/swarm/update') this.updateAnswered(asked);
    else if (path.endsWith('/create')) this.creationAnswered(response.body as { ID?: string; Id?: string });
  }

  private updateAnswered({ request }: Asked): void {
    this.writes++;
    const id = request.path.split('/')[2]!;
    const given = Number(request.query?.version);
    const made = this.versions.get(id)?.find(({ after, writer }) => after === given && writer === 'controlapi');
    if (!made)
      throw new Violation(
        'I17 versions',
        `an update of ${id} was accepted for version ${given}, after which nobody has changed it`,
      );
    this.learn(id, made.version);
  }

  private creationAnswered({ ID, Id }: { ID?: string; Id?: string }): void {
    this.writes++;
    const id = ID ?? Id ?? '';
    const first = this.versions.get(id)?.[0];
    if (!first)
      throw new Violation(
        'I16 acknowledged writes are decided',
        `${id} was created, as its user was told, and is nowhere`,
      );
    this.learn(id, first.version);
  }

  private deletionAnswered(path: string): void {
    this.writes++;
    const [, kind, ref = ''] = path.split('/');
    // By name: which of that name it was cannot be told. By id it is gone.
    if (this.versions.has(ref)) {
      this.deleted.set(ref, this.order);
      if (this.find(ref))
        throw new Violation(
          'I16 acknowledged writes are decided',
          `${kind} ${ref} was deleted, as its user was told, and is still there`,
        );
    }
  }

  private learn(id: string, version: number): void {
    const known = this.known.get(id);
    const newest = known?.at(-1);
    if (newest && newest.version >= version) return;
    if (known) known.push({ order: this.order, version });
    else this.known.set(id, [{ order: this.order, version }]);
  }

  private readAnswered(asked: Asked, { status, body }: ApiResponse): void {
    const [, kind, ref] = asked.request.path.split('/');
    if (ref === undefined || !['services', 'nodes', 'secrets', 'configs'].includes(kind!)) return;
    if (status === 404) return this.notFound(asked, ref);
    if (status !== 200) return;
    this.reads++;
    const { ID, Version: version } = body as { ID: string; Version: { Index: number } };
    const shown = version.Index;
    if (!this.versions.get(ID)?.some((one) => one.version === shown))
      throw new Violation(
        'I16 reads show what was decided',
        `${ref} was read at version ${shown}, which was never decided`,
      );
    if (this.mayBeStale(asked)) return;
    const floor = this.known.get(ID)?.findLast(({ order }) => order < asked.order)?.version ?? 0;
    if (shown < floor)
      throw new Violation(
        'I16 linearizable reads',
        `${asked.host} read ${ref} at version ${shown}, its users knew version ${floor} before they asked`,
      );
    if ((this.deleted.get(ID) ?? Number.POSITIVE_INFINITY) < asked.order)
      throw new Violation('I16 linearizable reads', `${asked.host} read ${ref}, which was deleted before it asked`);
    this.learn(ID, shown);
  }

  /** What users knew to be there, by its id, is found. */
  private notFound(asked: Asked, ref: string): void {
    const wasKnown = this.known.get(ref)?.some(({ order }) => order < asked.order) ?? false;
    if (wasKnown && this.find(ref) && !this.mayBeStale(asked))
      throw new Violation(
        'I16 linearizable reads',
        `${asked.host} did not find ${ref}, which its users knew to be there`,
      );
  }

  /** Was there a deposed leader at any time while the answer was awaited. */
  private mayBeStale({ at }: Asked): boolean {
    return this.deposed.size > 0 || this.lastDeposed >= at;
  }

  private find(id: string): StoreObject | undefined {
    const { service, node, secret, config, network } = this.history.tables;
    return service.get(id) ?? node.get(id) ?? secret.get(id) ?? config.get(id) ?? network.get(id);
  }
}
