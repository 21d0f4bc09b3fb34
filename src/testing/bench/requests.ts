/** The network at work: requests through doors, balancers and tunnels of 50 machines, by the engine alone. */
import { Cluster } from '../../engine/cluster.ts';
import { startOfSize } from '../../scenarios/starts.ts';
import { aims } from './figures.ts';
import { milliseconds, repeat, type Section } from './measurement.ts';

const RUNS = 7;
const SECONDS = 5;
const PER_SECOND = 1000;

export const requests: Section = {
  name: 'requests',
  title: '1,000 requests per virtual second at the doors of 50 machines, answered by 100 tasks, the engine alone',
  run() {
    const cluster = published();
    cluster.startLoad({
      targets: cluster.machines.map(({ name }) => ({ host: name, port: 80 })),
      path: '/',
      perSecond: PER_SECOND,
      timeoutMs: 10_000,
    });
    const rates = repeat(RUNS, () => {
      const took = milliseconds(() => cluster.advance(cluster.now + SECONDS * 1_000_000));
      cluster.takeEvents();
      return SECONDS / (took / 1000);
    });
    const [load] = cluster.snapshot().network!.loads;
    return [
      { what: 'virtual seconds', unit: 'per s', values: rates, better: 'more', aim: aims.realTime },
      { what: 'answered', unit: '%', values: [(100 * load!.answered) / load!.sent], better: 'more' },
    ];
  },
};

/** 100 tasks behind port 80 of 50 machines. */
function published(): Cluster {
  const start = startOfSize(50, 100);
  const cluster = Cluster.create({
    ...start,
    services: start.services.map((service) => ({ ...service, publish: [{ published: 80, target: 80 }] })),
  });
  cluster.advance(cluster.now + 30_000_000);
  return cluster;
}
