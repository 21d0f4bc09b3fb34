import { describe, expect, it } from 'vitest';
import { initialKernel, Kernel } from './kernel.ts';

/** A kernel that writes down what ran and when: `kind@time`. */
function noting(): { kernel: Kernel; ran: string[]; runTo(time: number): void } {
  const kernel = new Kernel(initialKernel(1));
  const ran: string[] = [];
  for (const kind of ['a', 'b', 'own']) kernel.on(kind, () => ran.push(`${kind}@${kernel.now}`));
  const runTo = (time: number): void => {
    while (kernel.runNext(time)) {
      // Until nothing is due.
    }
    kernel.passTo(time);
  };
  return { kernel, ran, runTo };
}

describe('a group with a clock of its own', () => {
  it('ends its timers early if fast, late if slow, those under way included', () => {
    const { kernel, ran, runTo } = noting();
    kernel.schedule(1000, 'a', 'm', null);
    runTo(500);
    kernel.setRate('m', 2);
    kernel.schedule(1000, 'b', 'm/part', null);
    runTo(2000);
    expect(ran).toEqual(['a@750', 'b@1000']);
    kernel.setRate('m', 1);
    kernel.schedule(10, 'a', 'm', null);
    runTo(3000);
    expect(ran.at(-1)).toBe('a@2010');
  });

  it('leaves others, and kinds that keep true time, alone', () => {
    const { kernel, ran, runTo } = noting();
    kernel.setRate('m', 0.5, ['own']);
    kernel.schedule(100, 'own', 'm', null);
    kernel.schedule(100, 'a', 'mm', null);
    kernel.schedule(100, 'b', 'm', null);
    runTo(1000);
    expect(ran).toEqual(['own@100', 'a@100', 'b@200']);
  });
});

describe('a group held still', () => {
  it('does late, in order, what came due meanwhile', () => {
    const { kernel, ran, runTo } = noting();
    kernel.schedule(100, 'a', 'm', null);
    kernel.schedule(300, 'b', 'm/part', null);
    kernel.schedule(900, 'a', 'm', null);
    kernel.schedule(200, 'own', 'm', null);
    kernel.freeze('m', ['own']);
    runTo(500);
    expect(ran).toEqual(['own@200']);
    kernel.thaw('m');
    runTo(1000);
    expect(ran).toEqual(['own@200', 'a@500', 'b@500', 'a@900']);
  });

  it('does nothing of a life that has ended meanwhile', () => {
    const { kernel, ran, runTo } = noting();
    kernel.schedule(100, 'a', 'm', null);
    kernel.freeze('m');
    runTo(200);
    kernel.endLife('m');
    kernel.thaw('m');
    runTo(1000);
    expect(ran).toEqual([]);
  });
});
