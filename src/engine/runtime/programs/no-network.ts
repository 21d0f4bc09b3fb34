/** A network that leads nowhere and never answers: for machines that are not part of a world (tests of the daemon). */
import type { ProcessNetwork } from './program.ts';

const silent: ReturnType<ProcessNetwork['sockets']> = {
  respond: () => {},
  push: () => {},
  hangUp: () => {},
  connect: () => 0,
  send: () => {},
  resolve: () => {},
};

export const noNetwork: ProcessNetwork = {
  sockets: () => silent,
  facts: () => ({ interfaces: [], nameserver: '' }),
};
