/** The consensus module by itself: three members in memory, disk and network free, as etcd's `BenchmarkProposal3Nodes`. */
import { TestingNetwork } from '../../engine/raft/testing-network.ts';
import { others } from './figures.ts';
import { milliseconds, repeat, type Section } from './measurement.ts';

const RUNS = 5;
const PROPOSALS = 20_000;
/** Proposals under way at once in the pipelined case. */
const PIPELINE = 50;

export const proposals: Section = {
  name: 'proposals',
  title: 'Raft proposals, replicated, committed and applied by three members',
  run: () => [
    { what: `${PIPELINE} at a time`, unit: 'per s', values: rates(PIPELINE), better: 'more', beside: others.proposals },
    { what: 'one at a time', unit: 'per s', values: rates(1), better: 'more' },
  ],
};

function rates(atOnce: number): number[] {
  return repeat(RUNS, () => {
    const network = new TestingNetwork(['n1', 'n2', 'n3']).elect('n1');
    const commands = Array.from({ length: atOnce }, () => 'x');
    const wall = milliseconds(() => {
      for (let done = 0; done < PROPOSALS; done += atOnce) {
        network.propose('n1', ...commands).forget();
        if (done % 1000 === 0) compact(network);
      }
    });
    return (PROPOSALS * 1000) / wall;
  });
}

function compact(network: TestingNetwork): void {
  for (const node of network.nodes.values()) {
    node.applied = [];
    node.snapshot();
  }
}
