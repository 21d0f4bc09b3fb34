/** What a proposal costs through three members in memory, disk and network free; and a tick in the steady state. */
import { bench, describe } from 'vitest';
import { TestingNetwork } from './testing-network.ts';

const THREE = ['n1', 'n2', 'n3'];

describe('three members in memory', () => {
  const network = createNetwork();
  bench('1 proposal, replicated, committed and applied everywhere', () => {
    propose(network);
  });

  const quiet = createNetwork();
  bench('1 tick of all members, with heartbeats and their answers', () => {
    quiet.tick();
    quiet.sent.length = 0;
  });

  const leader = createNetwork().raft('n1');
  bench('1 tick of a leader alone', () => {
    leader.tick();
    leader.state.messages.length = 0;
    for (const peer of leader.state.progress.values()) peer.recentActive = true;
  });
});

function createNetwork(): TestingNetwork {
  return new TestingNetwork(THREE).elect('n1');
}

function propose(network: TestingNetwork): void {
  network.propose('n1', 'x');
  network.sent.length = 0;
  if (network.node('n1').applied.length < 1000) return;
  for (const node of network.nodes.values()) {
    node.applied = [];
    node.snapshot();
  }
}
