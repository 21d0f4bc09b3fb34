/**
 * What a swarm makes of requests with odd values: those that it takes it carries out as well as it can, on all of its machines.
 * It never breaks, refuses without changing anything, and goes on answering.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../../protocol/api.ts';
import { type Hostile, hostileWrite } from './hostile.ts';
import { swarmOf, type User } from './user.ts';

/** A small swarm with one of each. */
async function swarmWithThings(): Promise<User> {
  const user = swarmOf(1, 2);
  await user.ok('node1', 'docker network create -d overlay --attachable net');
  await user.ok('node1', 'echo hi | docker secret create key -');
  await user.ok('node1', 'echo hi | docker config create conf -');
  await user.ok('node1', 'docker service create -d --name web --replicas 2 --network net nginx:1.26');
  await user.wait(10);
  return user;
}

/** Specs of everything, as clients see them. */
async function specs(user: User): Promise<string> {
  const seen: unknown[] = [];
  for (const path of ['/services', '/nodes', '/secrets', '/configs', '/swarm']) {
    const answer = await user.ask('node1', { method: 'GET', path });
    expect(answer?.status, path).toBe(200);
    for (const { ID, Spec } of [answer!.body].flat() as { ID: string; Spec: unknown }[]) seen.push(ID, Spec);
  }
  return JSON.stringify(seen);
}

async function asRequest(user: User, { method, path, body }: Hostile): Promise<ApiRequest> {
  const [plain = '', text = ''] = path.split('?');
  const kind = plain.startsWith('/services') ? '/services/web' : plain.startsWith('/nodes') ? '/nodes/node1' : '/swarm';
  const read = async (at: string): Promise<{ ID: string; Version: { Index: number } } | undefined> =>
    (await user.ask('node1', { method: 'GET', path: at }))?.body as never;
  const version = String((await read(kind))?.Version?.Index ?? 0);
  const query: Record<string, string> = {};
  for (const part of text.split('&').filter(Boolean)) {
    const at = part.indexOf('=');
    query[part.slice(0, at)] = part.slice(at + 1).replace('VERSION', version);
  }
  const [secret, config] = [(await read('/secrets/key'))?.ID, (await read('/configs/conf'))?.ID];
  const json = JSON.stringify(body)?.replaceAll('"SECRET"', `"${secret}"`).replaceAll('"CONFIG"', `"${config}"`);
  return { method, path: plain, query, ...(json !== undefined && { body: JSON.parse(json) }) };
}

describe('a swarm under hostile requests', () => {
  it('goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileWrite, { minLength: 1, maxLength: 6 }), async (requests) => {
        const user = await swarmWithThings();
        for (const hostile of requests) {
          const before = await specs(user);
          const answer = await user.ask('node1', await asRequest(user, hostile));
          if (answer && answer.status >= 400) expect(await specs(user)).toBe(before);
          await user.wait(3);
        }
        await user.wait(40);
        user.world.snapshot();
        await specs(user);
      }),
      { numRuns: 60, seed: 8 },
    );
  }, 120_000);
});
