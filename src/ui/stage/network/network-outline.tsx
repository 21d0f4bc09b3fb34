/**
 * The Network lens as text: networks, doors, endpoints, balancers, gossip, flows. Closed until it is asked for, and out of sight until it has the
 * focus, like the outline of the other lenses; its lists are made only while it is open.
 */
import { type JSX, useState } from 'react';
import type { NetworkView } from '../../../protocol/network-view.ts';
import type { Snapshot } from '../../../protocol/snapshot.ts';
import { useWorld } from '../../store/world.ts';
import { containerText, endingText, goalText, gossipSentences, originText } from './flow-words.ts';
import { flowRef, newestFirst } from './trace.ts';

export function NetworkOutline(): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <nav
      aria-label="Outline of the stage"
      className={
        open
          ? 'absolute top-2 bottom-2 left-2 z-10 w-96 max-w-[90%] overflow-auto border border-line2 bg-stage p-2'
          : 'sr-only focus-within:not-sr-only focus-within:absolute! focus-within:top-2 focus-within:left-2 focus-within:border focus-within:border-line2 focus-within:bg-stage focus-within:p-2!'
      }
    >
      <label className="flex min-h-6 items-center gap-2 pb-1 text-small">
        <input checked={open} onChange={(event) => setOpen(event.target.checked)} type="checkbox" />
        Show the network as text
      </label>
      {open && <Lists />}
    </nav>
  );
}

function Lists(): JSX.Element | null {
  const snapshot = useWorld((state) => state.snapshot);
  if (!snapshot?.network) return <p className="text-small">No machine has a network yet.</p>;
  return (
    <>
      {networkOutline(snapshot, snapshot.network).map(({ heading, lines }) => (
        <section key={heading} className="pt-2 text-small">
          <h3 className="font-[650]">{heading}</h3>
          <ul className="list-disc pl-5">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      ))}
      <section className="pt-2 text-small">
        <h3 className="font-[650]">Watched flows, the newest first</h3>
        <ul className="pl-1">
          {newestFirst(snapshot.network.flows).map((flow) => (
            <li key={flow.id}>
              <button
                type="button"
                onClick={() => useWorld.getState().select(flowRef(flow))}
                className="min-h-6 text-left underline decoration-line2 underline-offset-2"
              >
                {goalText(flow)} from {originText(snapshot, flow)}: {endingText(snapshot, flow)}
              </button>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

/** Headings and lines of the outline. */
export function networkOutline(snapshot: Snapshot, network: NetworkView): { heading: string; lines: string[] }[] {
  const nets = new Map<string, NetworkView['overlays'][number][]>();
  for (const overlay of network.overlays) nets.set(overlay.network, [...(nets.get(overlay.network) ?? []), overlay]);
  const networks = [...nets.values()].sort((a, b) => a[0]!.vni - b[0]!.vni);
  return [
    {
      heading: 'Networks',
      lines: networks.map((rows) => {
        const { name, vni, subnet, encrypted, internal } = rows[0]!;
        const notes = `${encrypted ? ', encrypted' : ''}${internal ? ', internal' : ''}`;
        return `${name}, VNI ${vni}, ${subnet}${notes}, on ${rows.map(({ machine }) => machine).join(', ')}`;
      }),
    },
    {
      heading: 'Endpoints',
      lines: network.endpoints.map((endpoint) => {
        const on = endpoint.interfaces.filter(({ kind }) => kind === 'overlay');
        const where = on.map(({ networkName, address }) => `${networkName} ${address}`).join(', ') || 'on no overlay';
        const closed = endpoint.service && endpoint.binding !== 'enabled' ? ', takes no new connections' : '';
        return `${containerText(snapshot, endpoint.container)} on ${endpoint.machine}: ${where}${closed}`;
      }),
    },
    {
      heading: 'Balancers',
      lines: network.balancers.map((balancer) => {
        const pointer = network.pointers.find((one) => one.balancer === balancer.key);
        const last = balancer.destinations.find((one) => one.endpoint === pointer?.last);
        const to = balancer.destinations.map(({ name, weight }) => `${name}${weight === 0 ? ' (weight 0)' : ''}`);
        const ports = balancer.ports.map(({ published, protocol }) => `${published}/${protocol}`).join(', ');
        return `${balancer.machine}: ${balancer.name} ${balancer.virtualIp}${ports ? `, door ${ports}` : ''}, to ${to.join(', ') || 'nobody'}${last ? `; last ${last.name}` : ''}`;
      }),
    },
    { heading: 'Gossip', lines: gossipSentences(network.gossip) },
  ].filter(({ lines }) => lines.length > 0);
}
