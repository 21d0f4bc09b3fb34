import { describe, expect, it } from 'vitest';
import type { SimulationResult, simulate } from '../simulation.ts';
import { shrink } from './shrink.ts';
import type { Step } from './step.ts';

/** A step a second, each known by the machine that it is about. */
const steps: readonly Step[] = Array.from({ length: 40 }, (_, i) => ({
  at: i * 1_000_000,
  act: { kind: 'fault', fault: { kind: 'power-off', machine: `node${i}` } },
}));

const machines = (script: readonly Step[]): string[] =>
  script.map(({ act }) => (act.kind === 'fault' && 'machine' in act.fault ? act.fault.machine : ''));

/** A simulation that breaks when the script has all of these steps. */
function breaksWith(needed: readonly string[], invariant = 'rule'): typeof simulate {
  return (_options, script = []) => {
    const has = needed.every((name) => machines(script).includes(name));
    const violation = has ? { invariant, message: '', at: 50, event: 1 } : null;
    return { violation, steps: script } as unknown as SimulationResult;
  };
}

const options = { seed: 1, minutes: 5, managers: 3, workers: 2 };
const failed = { violation: { invariant: 'rule', message: '', at: 50, event: 1 }, steps };

describe('a failing run is cut down', () => {
  it.each([[['node7']], [['node0', 'node39']], [['node3', 'node4', 'node20']], [[]]])(
    'to the steps that it takes: %j',
    (needed) => {
      const shrunk = shrink(options, failed, 60_000, breaksWith(needed));
      expect(machines(shrunk!.steps)).toEqual(needed);
    },
  );

  it('only as long as the same rule breaks', () => {
    expect(shrink(options, failed, 60_000, breaksWith(['node7'], 'another rule'))).toBeNull();
  });

  it('as far as there is time', () => {
    const shrunk = shrink(options, failed, 0, breaksWith(['node7']));
    expect(shrunk!.steps).toHaveLength(40);
  });
});
