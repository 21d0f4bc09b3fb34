/**
 * Tests of the tests, above Raft: with a bug planted in the managers' loops, the agents or the network the simulation must find it, by
 * the invariant named; on the same seeds it has nothing to say about the true engine. `npm run simulate -- --planted` searches from
 * the first seed on, and also looks for those that are `missed`, which are not tested here.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { simulate } from '../simulation.ts';
import { findBug, optionsFor } from './find-planted.ts';
import { swarmBugs } from './swarm-bugs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const TIMEOUT = 240_000;

describe('a planted bug of the swarm is found, and the true engine passes the same seed', () => {
  it.each(swarmBugs.filter(({ missed }) => missed === undefined).map((bug) => [bug.name, bug] as const))(
    '%s',
    { timeout: TIMEOUT },
    async (_, bug) => {
      const found = await findBug(bug, root, true);
      expect(found, 'nothing was found within the budget of seeds').not.toBeNull();
      expect(bug.invariants, found!.violation!.message).toContain(found!.violation!.invariant);
      expect(simulate(optionsFor(bug, found!.seed)).violation).toBeNull();
    },
  );
});
