/**
 * Load generators as the picture shows them: answers in the last second by container, and failures by the place where they died. The engine
 * counts from the beginning; the meter remembers some of the last counts and takes the difference.
 */
import type { Micros } from '../../../protocol/events.ts';
import type { LoadFailure, LoadView } from '../../../protocol/network-view.ts';

const SECOND: Micros = 1_000_000;

/** What is drawn of one load. */
export interface MeteredLoad {
  load: LoadView;
  /** Answers per second by container. */
  answers: ReadonlyMap<string, number>;
  failures: readonly LoadFailure[];
}

interface Sample {
  at: Micros;
  byContainer: LoadView['byContainer'];
}

export class LoadMeter {
  readonly #samples = new Map<number, Sample[]>();

  /** Notes the counts of this moment, and tells what to draw: what runs, and what ended only lately. */
  measure(loads: readonly LoadView[], now: Micros): MeteredLoad[] {
    const shown = loads.filter(({ running }) => running);
    const last = loads.at(-1);
    if (shown.length === 0 && last) shown.push(last);
    for (const id of this.#samples.keys()) if (!shown.some((load) => load.id === id)) this.#samples.delete(id);
    return shown.map((load) => ({ load, answers: this.#ratesOf(load, now), failures: load.failures }));
  }

  #ratesOf({ id, byContainer }: LoadView, now: Micros): Map<string, number> {
    let samples = this.#samples.get(id) ?? [];
    // Time has gone back: another world, or a moment of the past.
    if ((samples.at(-1)?.at ?? 0) > now) samples = [];
    if (samples.at(-1)?.at !== now) samples = [...samples, { at: now, byContainer }];
    // The newest sample that is a second old begins the measure; what is older goes.
    const first = Math.max(
      0,
      samples.findLastIndex(({ at }) => at <= now - SECOND),
    );
    samples = samples.slice(first);
    this.#samples.set(id, samples);
    const from = samples[0]!;
    const span = now - from.at;
    const rates = new Map<string, number>();
    if (span < SECOND / 10) return rates;
    for (const [container, count] of Object.entries(byContainer)) {
      const rate = ((count - (from.byContainer[container] ?? 0)) * SECOND) / span;
      if (rate > 0) rates.set(container, rate);
    }
    return rates;
  }
}

/** Width of a line that so many requests per second go along. */
export const loadWidth = (perSecond: number): number => Math.min(14, 1 + Math.sqrt(perSecond) * 0.55);

/** `12/s`, `0.4/s`. */
export const rateText = (perSecond: number): string =>
  `${perSecond >= 9.5 ? Math.round(perSecond) : Number(perSecond.toFixed(1))}/s`;
