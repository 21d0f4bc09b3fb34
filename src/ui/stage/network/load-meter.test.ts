import { describe, expect, it } from 'vitest';
import type { LoadView } from '../../../protocol/network-view.ts';
import { LoadMeter, loadWidth, rateText } from './load-meter.ts';

const load = (byContainer: Record<string, number>, change: Partial<LoadView> = {}): LoadView => ({
  id: 1,
  perSecond: 100,
  targets: [{ host: 'node1', port: 80, protocol: 'tcp' }],
  running: true,
  sent: 0,
  answered: 0,
  failed: 0,
  inFlight: 0,
  byContainer,
  byFailure: {},
  failures: [],
  lastSecond: { sent: 0, answered: 0, failed: 0 },
  latency: { median: 0, p95: 0, most: 0 },
  ...change,
});
const SECOND = 1_000_000;
const rates = (meter: LoadMeter, view: LoadView, at: number) =>
  Object.fromEntries([...meter.measure([view], at * SECOND)[0]!.answers].map(([id, rate]) => [id, Math.round(rate)]));

describe('answers per second', () => {
  it('are what came in the last second, however often one looks', () => {
    const meter = new LoadMeter();
    expect(rates(meter, load({ a: 50 }), 10)).toEqual({});
    for (let tenth = 1; tenth <= 30; tenth++) rates(meter, load({ a: 50 + 2 * tenth, b: tenth }), 10 + tenth / 10);
    expect(rates(meter, load({ a: 112, b: 31 }), 13.1)).toEqual({ a: 20, b: 10 });
  });
  it('end with the answers', () => {
    const meter = new LoadMeter();
    rates(meter, load({ a: 50, b: 50 }), 1);
    rates(meter, load({ a: 60, b: 50 }), 2);
    expect(rates(meter, load({ a: 60, b: 90 }), 3)).toEqual({ b: 40 });
  });
  it('begin anew where time goes back', () => {
    const meter = new LoadMeter();
    rates(meter, load({ a: 500 }), 50);
    expect(rates(meter, load({ a: 5 }), 2)).toEqual({});
    expect(rates(meter, load({ a: 25 }), 3)).toEqual({ a: 20 });
  });
});

it('shows what runs, else what ended last', () => {
  const meter = new LoadMeter();
  const ended = (id: number) => load({}, { id, running: false });
  const ids = (loads: LoadView[]) => meter.measure(loads, 1).map(({ load: { id } }) => id);
  expect(ids([ended(1), ended(2)])).toEqual([2]);
  expect(ids([load({}, { id: 1 }), ended(2)])).toEqual([1]);
  expect(ids([])).toEqual([]);
});

it('draws more as thicker, within bounds', () => {
  const widths = [1, 10, 100, 1000].map(loadWidth);
  expect(widths).toEqual([...widths].sort((a, b) => a - b));
  expect(loadWidth(1e6)).toBeLessThanOrEqual(14);
  expect([0.4, 8.25, 27.4].map(rateText)).toEqual(['0.4/s', '8.3/s', '27/s']);
});
