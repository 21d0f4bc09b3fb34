/** Requests of clients: to published ports on any machine, and between containers by name. */
import { type Ground, pick } from './draw-command.ts';
import type { Act } from './step.ts';

/** A request by somebody who may be anywhere; null if there is nothing to ask. */
export function drawRequest(ground: Ground): Act | null {
  const { cluster, history, dice } = ground;
  const services = [...history.tables.service.values()].filter(({ spec }) => spec.mode.kind !== 'replicated-job');
  if (services.length === 0) return null;
  const service = pick(dice, services);
  const machine = pick(dice, cluster.machines).name;
  const published = service.endpoint?.ports.filter(({ protocol }) => protocol === 'tcp') ?? [];
  if (published.length > 0 && dice.chance(0.6)) {
    const { publishedPort: port } = pick(dice, published);
    const from = dice.chance(0.7)
      ? ({ kind: 'outside' } as const)
      : ({ kind: 'host', machine: pick(dice, cluster.machines).name } as const);
    return { kind: 'ask', from, target: { host: machine, port }, path: '/' };
  }
  const { name } = service.spec.annotations;
  const host = dice.chance(0.3) ? `tasks.${name}` : name;
  return { kind: 'ask', from: { kind: 'container', machine, nth: dice.int(5) }, target: { host, port: 80 }, path: '/' };
}
