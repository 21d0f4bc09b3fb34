/**
 * Load generators: so many requests per second, counted by who answered and how it failed. Their flows leave no hops, but go
 * the same way as any other. Open loop: a slow answer does not hold the next question back.
 */
import type { Micros } from '../../../protocol/events.ts';
import type { LoadView } from '../../../protocol/network-view.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { FlowResult } from '../../runtime/programs/sockets.ts';
import type { FlowRequest, LoadRequest } from '../api.ts';
import type { FabricState, Load } from './flow-state.ts';

const SECOND: Micros = 1_000_000;
/** Answers from which the latencies are taken. */
const SAMPLES = 256;
/** Requests are sent at most so often; faster ones go several at once. */
const SHORTEST_TICK: Micros = 1_000;

export class Loads {
  private readonly kernel: Kernel;
  private readonly state: FabricState;
  private readonly open: (request: FlowRequest) => number;

  constructor(kernel: Kernel, state: FabricState, open: (request: FlowRequest) => number) {
    this.kernel = kernel;
    this.state = state;
    this.open = open;
  }

  start(request: LoadRequest): number {
    const id = this.state.nextLoad++;
    const second = { at: Math.floor(this.kernel.now / SECOND), sent: 0, answered: 0, failed: 0 };
    const counts = { next: 0, sent: 0, answered: 0, failed: 0, inFlight: 0 };
    const cause = this.kernel.emit('load.started', undefined, [`load:${id}`], {
      perSecond: request.perSecond,
      target: request.targets.map(({ host, port }) => `${host}:${port}`).join(' '),
    });
    this.state.loads.set(id, {
      id,
      request,
      running: true,
      cause,
      ...counts,
      byContainer: {},
      byFailure: {},
      failures: new Map(),
      second,
      last: { sent: 0, answered: 0, failed: 0 },
      latencies: [],
    });
    this.kernel.schedule(0, 'flow.load', 'world', id, cause);
    return id;
  }

  stop(id: number): void {
    const load = this.state.loads.get(id);
    if (!load?.running) return;
    load.running = false;
    this.kernel.emit('load.stopped', undefined, [`load:${id}`], { sent: load.sent, failed: load.failed });
  }

  tick(id: number): void {
    const load = this.state.loads.get(id);
    if (!load?.running) return;
    const { perSecond, targets, origin, payload, timeout } = load.request;
    const pause = Math.max(SHORTEST_TICK, SECOND / perSecond);
    const batch = Math.max(1, Math.round((perSecond * pause) / SECOND));
    this.turn(load);
    for (let i = 0; i < batch; i++) {
      const target = targets[load.next++ % targets.length]!;
      load.sent++;
      load.second.sent++;
      load.inFlight++;
      this.open({ origin, target, payload, timeout, traced: false, reply: null, load: id });
    }
    this.kernel.schedule(pause, 'flow.load', 'world', id, load.cause);
  }

  ended(id: number, result: FlowResult): void {
    const load = this.state.loads.get(id);
    if (!load) return;
    this.turn(load);
    load.inFlight--;
    if (result.ok) {
      load.answered++;
      load.second.answered++;
      const by = result.servedBy?.container ?? '';
      load.byContainer[by] = (load.byContainer[by] ?? 0) + 1;
      load.latencies[load.answered % SAMPLES] = result.took;
      return;
    }
    load.failed++;
    load.second.failed++;
    const why = result.dropped ? `${result.reason} (${result.dropped.reason})` : result.reason;
    load.byFailure[why] = (load.byFailure[why] ?? 0) + 1;
    this.place(load, result);
  }

  /** Counts a failure where it happened. */
  private place({ failures }: Load, { reason, dropped }: Extract<FlowResult, { ok: false }>): void {
    const { machine, room, detail } = dropped ?? { machine: '', room: '' as const, detail: '' };
    const why = dropped?.reason ?? reason;
    const key = [machine, room, why, detail].join(' ');
    const count = (failures.get(key)?.count ?? 0) + 1;
    failures.set(key, { machine, room, reason: why, detail, count, lastAt: this.kernel.now });
  }

  /** A new second: its counts begin at nothing. */
  private turn(load: Load): void {
    const at = Math.floor(this.kernel.now / SECOND);
    if (at === load.second.at) return;
    const { sent, answered, failed } = load.second;
    load.last = at === load.second.at + 1 ? { sent, answered, failed } : { sent: 0, answered: 0, failed: 0 };
    load.second = { at, sent: 0, answered: 0, failed: 0 };
  }

  views(): LoadView[] {
    return [...this.state.loads.values()].map((load) => {
      this.turn(load);
      const sorted = load.latencies.filter((value) => value !== undefined).sort((a, b) => a - b);
      const at = (share: number): Micros => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      const { id, running, sent, answered, failed, inFlight, last } = load;
      return {
        id,
        perSecond: load.request.perSecond,
        targets: load.request.targets,
        running,
        sent,
        answered,
        failed,
        inFlight,
        byContainer: { ...load.byContainer },
        byFailure: { ...load.byFailure },
        failures: [...load.failures.values()],
        lastSecond: last,
        latency: { median: at(0.5), p95: at(0.95), most: sorted.at(-1) ?? 0 },
      };
    });
  }
}
