/**
 * The filters that concern one task, asked in order for node after node. It counts first refusals per filter; the counts
 * begin again whenever a node passes, so that they explain only a search that ended in nothing.
 * Source: `swarmkit: manager/scheduler/pipeline.go`.
 */
import type { Task } from '../../store/objects.ts';
import { type Check, explainFilter, FILTER_NAMES, FILTERS, type FilterName, type FilterSources } from './filter.ts';
import type { NodeInfo } from './node-info.ts';

export class Pipeline {
  private readonly filters: { readonly name: FilterName; readonly check: Check; failures: number }[] = [];

  constructor(task: Task, sources: FilterSources) {
    for (const name of FILTER_NAMES) {
      const check = FILTERS[name](task, sources);
      if (check) this.filters.push({ name, check, failures: 0 });
    }
  }

  /** Does the node pass all filters. */
  process(node: NodeInfo): boolean {
    for (const filter of this.filters) {
      if (filter.check(node)) continue;
      filter.failures++;
      return false;
    }
    for (const filter of this.filters) filter.failures = 0;
    return true;
  }

  /** The first filter that refuses the node, without counting. */
  firstRefusal(node: NodeInfo): FilterName | null {
    return this.filters.find((filter) => !filter.check(node))?.name ?? null;
  }

  /** Why no node passed, most frequent reason first. */
  explain(): string {
    return this.filters
      .filter((filter) => filter.failures > 0)
      .toSorted((a, b) => b.failures - a.failures)
      .map((filter) => explainFilter(filter.name, filter.failures))
      .join('; ');
  }
}
