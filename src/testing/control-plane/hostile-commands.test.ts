/** Commands with odd values for their flags and names: each ends with words on the screen; one that fails has changed nothing. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { swarmOf, type User } from './user.ts';

const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '-1',
    '0',
    '1',
    '0.5',
    '1e9',
    '99999999999999999999',
    '0x10',
    '5s',
    '-5s',
    '1h1',
    'NaN',
    'inf',
  ),
  fc.constantFrom(
    'true',
    'no',
    'none',
    'host',
    'ingress',
    'web',
    'node1',
    'nosuch',
    '__proto__',
    'ü',
    '💥',
    'a b',
    '%',
    '*',
  ),
  fc.constantFrom(
    'a=b',
    'a==b',
    '=',
    '==',
    '!=',
    'node.role!=',
    'node.id==x',
    'engine.labels.a==1',
    'spread=',
    'spread=node.id',
  ),
  fc.constantFrom(
    'type=volume',
    'type=bind,src=/,dst=/',
    'type=x,dst=/a',
    'dst=/a',
    'source=key,target=/x,mode=99',
    'source=,mode=0444',
  ),
  fc.constantFrom(
    '80',
    '80:80',
    '80-90:80-90',
    '0',
    '70000:1',
    '80/xyz',
    ':',
    'published=80,target=x',
    'mode=host,target=80',
  ),
  fc.constantFrom(
    '10.0.0.0/8',
    '::1',
    '1.2.3',
    'a:b:c',
    'ssd=1',
    'ssd=-1',
    'ssd=a;b',
    '{{',
    '{{.Node.ID}}',
    'x'.repeat(300),
    '/',
    '../..',
  ),
  fc.constantFrom(
    '4M',
    '1G',
    '-1b',
    '1X',
    'SIGTERM',
    '999',
    'manual',
    '15:0',
    '2020-01-01',
    'name=',
    'label=a=b',
    '"',
    "'",
    '$HOME',
    '\\',
  ),
  fc.string({ maxLength: 12 }),
);

const SERVICE_FLAGS = `cap-add cap-drop config constraint container-label credential-spec dns dns-option dns-search
  endpoint-mode entrypoint env env-file generic-resource group health-cmd health-interval health-retries
  health-start-interval health-start-period health-timeout host hostname isolation label limit-cpu limit-memory limit-pids
  log-driver log-opt max-concurrent mode mount name network oom-score-adj placement-pref publish replicas
  replicas-max-per-node reserve-cpu reserve-memory restart-condition restart-delay restart-max-attempts restart-window
  rollback-delay rollback-failure-action rollback-max-failure-ratio rollback-monitor rollback-order rollback-parallelism
  secret stop-grace-period stop-signal sysctl ulimit update-delay update-failure-action update-max-failure-ratio
  update-monitor update-order update-parallelism user workdir`;
const LISTS = `cap config constraint container-label dns dns-option dns-search env generic-resource group host label mount
  network placement-pref publish secret sysctl ulimit`;
const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const ADD_AND_REMOVE = words(LISTS).flatMap((list) => [`${list}-add`, `${list}-rm`]);

/** Flags by command; `*` is a value. */
const COMMANDS: readonly (readonly [string, readonly string[], string])[] = [
  ['docker service create -d', words(SERVICE_FLAGS), 'nginx:1.26'],
  ['docker service create -d', words(SERVICE_FLAGS), '*'],
  [
    'docker service update -d',
    [...words(SERVICE_FLAGS), ...ADD_AND_REMOVE, 'args', 'image', 'force', 'rollback'],
    'web',
  ],
  ['docker service scale -d', [], '*=*'],
  ['docker service scale -d', [], 'web=*'],
  ['docker service ls', ['filter', 'format'], ''],
  ['docker service ps', ['filter', 'format'], '*'],
  ['docker service inspect', ['format'], '*'],
  ['docker service logs', ['since', 'tail'], '*'],
  ['docker service rm', [], '*'],
  ['docker node update', ['availability', 'label-add', 'label-rm', 'role'], 'node2'],
  ['docker node update', ['availability', 'label-add', 'label-rm', 'role'], '*'],
  ['docker node ls', ['filter', 'format'], ''],
  ['docker node ps', ['filter', 'format'], '*'],
  ['docker node inspect', ['format'], '*'],
  ['docker node rm', [], '*'],
  ['docker node promote', [], '*'],
  ['docker node demote', [], '*'],
  [
    'docker swarm update',
    ['autolock', 'cert-expiry', 'dispatcher-heartbeat', 'max-snapshots', 'snapshot-interval', 'task-history-limit'],
    '',
  ],
  ['docker swarm join-token', [], '*'],
  [
    'docker swarm init',
    ['advertise-addr', 'listen-addr', 'data-path-addr', 'data-path-port', 'default-addr-pool', 'availability'],
    '',
  ],
  ['docker swarm join', ['token', 'advertise-addr', 'availability'], '*'],
  ['docker swarm ca', ['ca-cert', 'ca-key', 'cert-expiry', 'external-ca'], ''],
  ['echo hi | docker secret create', ['label', 'driver', 'template-driver'], '* -'],
  ['echo hi | docker config create', ['label', 'template-driver'], '* -'],
  ['docker secret rm', [], '*'],
  ['docker config rm', [], '*'],
  ['docker volume create', ['driver', 'label', 'opt'], '*'],
  ['docker volume ls', ['filter', 'format'], ''],
  ['docker volume rm', [], '*'],
  ['docker volume prune -f', ['filter'], ''],
];

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const command: fc.Arbitrary<string> = fc.constantFrom(...COMMANDS).chain(([start, flags, end]) => {
  const flag =
    flags.length === 0
      ? fc.constant('')
      : fc.tuple(fc.constantFrom(...flags), odd).map(([name, value]) => `--${name} ${quoted(value)}`);
  return fc
    .tuple(fc.array(flag, { maxLength: 2 }), odd, odd)
    .map(
      ([given, first, second]) =>
        `${start} ${given.join(' ')} ${end.replace('*', () => quoted(first)).replace('*', () => quoted(second))}`,
    );
});

/** What failing commands leave alone. `scale` and `rm` of several things may do some of it. */
async function specs(user: User): Promise<string> {
  const seen: unknown[] = [];
  for (const path of ['/services', '/nodes', '/secrets', '/configs', '/swarm', '/networks', '/volumes']) {
    const answer = await user.ask('node1', { method: 'GET', path });
    const { Volumes, JoinTokens } = answer!.body as { Volumes?: unknown; JoinTokens?: unknown };
    const all = Volumes ?? answer!.body;
    seen.push(
      JoinTokens,
      [all].flat().map((one) => [(one as { ID?: string }).ID, (one as { Spec?: unknown }).Spec]),
    );
  }
  return JSON.stringify(seen);
}

describe('hostile commands', () => {
  it('end with words, and change nothing when they fail', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async (commands) => {
        const user = swarmOf(1, 1);
        await user.ok('node1', 'docker service create -d --name web --replicas 2 nginx:1.26');
        await user.wait(8);
        for (const line of commands) {
          const before = await specs(user);
          const { exit, screen } = await user.run('node1', line, 30);
          if (exit === 0) continue;
          expect(await specs(user), line).toBe(before);
          expect(screen, line).not.toBe('');
        }
        await user.wait(20);
        await specs(user);
      }),
      { numRuns: 60, seed: 7 },
    );
  }, 120_000);
});
