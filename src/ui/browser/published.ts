/** Where services can be reached from outside: what an empty browser window offers. */
import type { Snapshot } from '../../protocol/snapshot.ts';
import { addressOf, type Place } from './address.ts';

export interface Published {
  service: string;
  place: Place;
  address: string;
}

/** A place per published tcp port: with the mesh any machine will do; the first with power is taken. */
export function placesPublished(snapshot: Snapshot): Published[] {
  const machine = snapshot.machines.find(({ power, nodeId }) => power && nodeId) ?? snapshot.machines[0];
  if (!machine) return [];
  return snapshot.services.flatMap(({ id, name, ports }) =>
    ports
      .filter(({ protocol }) => protocol === 'tcp')
      .map(({ published, mode }) => {
        // A port of the host is only there where a task is.
        const holder =
          mode === 'host' ? snapshot.network?.endpoints.find(({ service }) => service === id)?.machine : undefined;
        const place = { host: holder ?? machine.name, port: published, path: '/' };
        return { service: name, place, address: addressOf(place) };
      }),
  );
}
