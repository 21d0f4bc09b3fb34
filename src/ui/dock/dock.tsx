/** The dock at the foot of the page: the transport of virtual time, then the lanes of what has happened. */
import { Lanes } from './lanes.tsx';
import { Transport } from './transport.tsx';

export function Dock() {
  return (
    <section aria-label="Time" className="flex h-full min-w-0 flex-col border-t border-line bg-chrome">
      <Transport />
      <Lanes />
    </section>
  );
}
