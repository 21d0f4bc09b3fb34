/**
 * The Network lens as text: networks, doors, endpoints, balancers, gossip, flows. Closed until it is asked for, and out of sight until it has the
 * focus, like the outline of the other lenses; its lists are made only while it is open.
 */
import { type JSX, useState } from 'react';
import type { ObjectRef } from '../../../protocol/events.ts';
import type { NetworkView } from '../../../protocol/network-view.ts';
import type { MachineView, Snapshot } from '../../../protocol/snapshot.ts';
import { useWorld } from '../../store/world.ts';
import { troubleOf } from './city-layout.ts';
import {
  containerText,
  endingText,
  goalText,
  gossipSentences,
  loadText,
  originText,
  withoutIds,
} from './flow-words.ts';
import { gapSentences, gapsOf } from './gossip-gap.ts';
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
  const flows = newestFirst(snapshot.network.flows).map((flow) => ({
    text: `${flow.within === null ? '' : 'in order to answer: '}${goalText(flow)} from ${originText(snapshot, flow)}: ${endingText(snapshot, flow)}`,
    ref: flowRef(flow),
  }));
  const parts = [
    ...networkOutline(snapshot, snapshot.network),
    { heading: 'Watched flows, the newest first', lines: flows },
  ];
  return (
    <>
      {parts
        .filter(({ lines }) => lines.length > 0)
        .map(({ heading, lines }) => (
          <section key={heading} className="pt-2 text-small">
            <h3 className="font-[650]">{heading}</h3>
            <ul className="pl-1">
              {lines.map(({ text, ref }, index) => (
                <li key={ref ?? `${index} ${text}`}>
                  {ref ? (
                    <button
                      type="button"
                      onClick={() => useWorld.getState().select(ref)}
                      className="min-h-6 text-left underline decoration-line2 underline-offset-2"
                    >
                      {text}
                    </button>
                  ) : (
                    text
                  )}
                </li>
              ))}
            </ul>
          </section>
        ))}
    </>
  );
}

/** A line of the outline; with a reference it is a button that selects the thing. */
export interface OutlineLine {
  text: string;
  ref?: ObjectRef;
}

/** Headings and lines of the outline: all that the picture shows. */
export function networkOutline(snapshot: Snapshot, network: NetworkView): { heading: string; lines: OutlineLine[] }[] {
  const nets = new Map<string, NetworkView['overlays'][number][]>();
  for (const overlay of network.overlays) nets.set(overlay.network, [...(nets.get(overlay.network) ?? []), overlay]);
  const networks = [...nets.values()].sort((a, b) => a[0]!.vni - b[0]!.vni);
  const gaps = gapsOf(snapshot);
  return [
    { heading: 'Machines', lines: snapshot.machines.map((machine) => machineLine(snapshot, network, machine)) },
    {
      heading: 'Networks',
      lines: networks.map((rows) => {
        const { name, vni, subnet, encrypted, internal } = rows[0]!;
        const notes = `${encrypted ? ', encrypted' : ''}${internal ? ', internal' : ''}`;
        return { text: `${name}, VNI ${vni}, ${subnet}${notes}, on ${rows.map(({ machine }) => machine).join(', ')}` };
      }),
    },
    {
      heading: 'Endpoints',
      lines: network.endpoints.map((endpoint) => {
        const on = endpoint.interfaces.filter(({ kind }) => kind === 'overlay');
        const where = on.map(({ networkName, address }) => `${networkName} ${address}`).join(', ') || 'on no overlay';
        const closed = endpoint.service && endpoint.binding !== 'enabled' ? ', takes no new connections' : '';
        const text = `${containerText(snapshot, endpoint.container)} on ${endpoint.machine}: ${where}${closed}`;
        return { text, ref: endpoint.task ? `task:${endpoint.task}` : `container:${endpoint.container}` };
      }),
    },
    {
      heading: 'Balancers',
      lines: network.balancers.map((balancer) => {
        const pointer = network.pointers.find((one) => one.balancer === balancer.key);
        const last = balancer.destinations.find((one) => one.endpoint === pointer?.last);
        const gap = gaps.get(balancer.key);
        const to = balancer.destinations.map(({ name, weight, endpoint }) => {
          const note = weight === 0 ? ' (weight 0)' : gap?.stale.has(endpoint) ? ' (gone)' : '';
          return `${withoutIds(name)}${note}`;
        });
        const ports = balancer.ports.map(({ published, protocol }) => `${published}/${protocol}`).join(', ');
        const turn = last
          ? `; last ${withoutIds(last.name)}, ${pointer!.connections} ${pointer!.connections === 1 ? 'connection' : 'connections'}`
          : '';
        const text = `${balancer.machine}: ${balancer.name} ${balancer.virtualIp}${ports ? `, door ${ports}` : ''}, to ${to.join(', ') || 'nobody'}${turn}`;
        return { text, ref: `service:${balancer.service}` as const };
      }),
    },
    {
      heading: 'Gossip',
      lines: [...gossipSentences(network.gossip), ...gapSentences(snapshot, gaps.values())].map((text) => ({ text })),
    },
    { heading: 'Loads', lines: network.loads.map((load) => ({ text: loadText(load) })) },
  ].filter(({ lines }) => lines.length > 0);
}

function machineLine(snapshot: Snapshot, network: NetworkView, { name, address }: MachineView): OutlineLine {
  const doors = new Set<string>();
  for (const balancer of network.balancers)
    if (balancer.machine === name)
      for (const { published, protocol } of balancer.ports) if (published > 0) doors.add(`${published}/${protocol}`);
  for (const endpoint of network.endpoints)
    if (endpoint.machine === name)
      for (const { published, protocol, mode } of endpoint.ports)
        if (mode === 'host') doors.add(`${published}/${protocol} of the host`);
  const trouble = troubleOf(snapshot.machines.find((one) => one.name === name)!, snapshot);
  const text = [`${name} ${address}`, trouble, doors.size > 0 ? `doors ${[...doors].join(', ')}` : 'no doors'];
  return { text: text.filter(Boolean).join(', '), ref: `machine:${name}` };
}
