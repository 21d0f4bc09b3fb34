/**
 * The city: machines as districts in one row in the order in which they were made, overlay networks as rails through them, containers as stations,
 * published ports as doors. Pure: picture in, places out. The way of a flow is laid over the same places.
 */
import type { ObjectRef } from '../../../protocol/events.ts';
import type { BalancerView, FlowView, Hop, NetworkView } from '../../../protocol/network-view.ts';
import type { MachineView, ServiceView, Snapshot } from '../../../protocol/snapshot.ts';
import { nodeOfMachine, taskWithId } from '../../store/rows.ts';
import { monogramsOf } from '../monograms.ts';
import type { Box, Point } from '../scene.ts';

export interface Rail {
  network: string;
  name: string;
  vni: number;
  subnet: string;
  /** Encrypted, internal: said beside the name. */
  notes: string;
  y: number;
  /** Order of creation: VNIs are given out in order. */
  hue: number;
  /** Machines on which the network is present. */
  machines: ReadonlySet<string>;
}

export interface Station {
  ref: ObjectRef;
  container: string;
  machine: string;
  service: string | null;
  hueIndex: number | null;
  label: string;
  box: Box;
  /** Networks (ids) it is attached to. */
  networks: readonly string[];
  /** Weight 0 or not registered: no new connection comes here. */
  closed: boolean;
}

export interface Door {
  machine: string;
  port: number;
  protocol: string;
  mode: 'ingress' | 'host';
  text: string;
  box: Box;
}

export interface District {
  ref: ObjectRef;
  name: string;
  box: Box;
  manager: boolean;
  /** Why it is not what it should be: `no power`, `cable cut`, `4789/udp closed`. */
  trouble: string;
  dead: boolean;
  /** Where its load balancer is on the rails. */
  balancerX: number;
  /** Tasks that found no room. */
  more: number;
}

export interface City {
  width: number;
  height: number;
  compact: boolean;
  /** Where rails begin and end. */
  left: number;
  right: number;
  /** Height of the way between machines that is no overlay, and of clients outside. */
  street: number;
  districts: District[];
  rails: Rail[];
  stations: Station[];
  doors: Door[];
  wheelRadius: number;
}

export interface CityOptions {
  width: number;
  height: number;
}

const DOOR_HEIGHT = 22;

export function layCity(snapshot: Snapshot, { width, height }: CityOptions): City {
  const network = snapshot.network ?? nothing;
  const compact = width < 640;
  const left = compact ? 8 : 140;
  const right = width - (compact ? 8 : 84);
  const count = Math.max(1, snapshot.machines.length);
  const gap = count > 20 ? 2 : compact ? 4 : 6;
  const pitch = (right - left - 8 + gap) / count;
  const street = compact ? 8 : 10;
  const top = street + DOOR_HEIGHT;
  const w = pitch - gap;
  const foot = height - 2;
  const nameRoom = w >= 40 ? (compact ? 24 : 32) : 20;
  const side = Math.max(14, Math.min(24, (foot - top) * 0.15));
  const squaresY = foot - nameRoom - side;
  const rails = layRails(network, top + (compact ? 20 : 42), squaresY - (compact ? 10 : 20));
  const districts = snapshot.machines.map((machine, index): District => {
    const x = left + 4 + index * pitch;
    return {
      ref: `machine:${machine.name}`,
      name: machine.name,
      box: { x, y: top, w, h: foot - top },
      manager: machine.role === 'manager',
      trouble: troubleOf(machine, snapshot),
      dead: !machine.power || nodeOfMachine(snapshot, machine.name)?.state === 'down',
      balancerX: x + w / 2,
      more: 0,
    };
  });
  const stations = districts.flatMap((district) => layStations(district, snapshot, network, squaresY, side));
  return {
    width,
    height,
    compact,
    left,
    right,
    street,
    districts,
    rails,
    stations,
    doors: districts.flatMap((district) => layDoors(district, snapshot, network, top)),
    wheelRadius: w >= 74 ? 11 : 0,
  };
}

const nothing: NetworkView = {
  gossip: [],
  overlays: [],
  endpoints: [],
  balancers: [],
  pointers: [],
  flows: [],
  loads: [],
};

/** One rail per network, in the order of their VNIs, which is that of their creation. */
function layRails(network: NetworkView, top: number, foot: number): Rail[] {
  const found = new Map<string, Omit<Rail, 'y' | 'machines'> & { machines: Set<string> }>();
  for (const overlay of network.overlays) {
    const rail = found.get(overlay.network);
    if (rail) {
      rail.machines.add(overlay.machine);
      continue;
    }
    found.set(overlay.network, {
      network: overlay.network,
      name: overlay.name,
      vni: overlay.vni,
      subnet: overlay.subnet,
      notes: [overlay.encrypted ? 'encrypted' : '', overlay.internal ? 'internal' : ''].filter(Boolean).join(', '),
      hue: Math.max(0, overlay.vni - 4096),
      machines: new Set([overlay.machine]),
    });
  }
  const rails = [...found.values()].sort((a, b) => a.vni - b.vni);
  const pitch = rails.length > 1 ? Math.max(6, Math.min(34, (foot - top) / (rails.length - 1))) : 0;
  return rails.map((rail, index) => ({ ...rail, y: Math.round(top + index * pitch) }));
}

function troubleOf(machine: MachineView, snapshot: Snapshot): string {
  if (!machine.power) return 'no power';
  if (machine.daemon !== 'running') return `daemon ${machine.daemon}`;
  if (!machine.cable) return 'cable cut';
  if (machine.closedPorts.length > 0)
    return `${machine.closedPorts.map(({ port, protocol }) => `${port}/${protocol}`).join(' ')} closed`;
  const node = nodeOfMachine(snapshot, machine.name);
  if (!node) return 'in no swarm';
  return node.availability === 'active' ? '' : node.availability === 'drain' ? 'Drain' : 'Pause';
}

function layStations(district: District, snapshot: Snapshot, network: NetworkView, y: number, most: number): Station[] {
  const own = network.endpoints.filter((endpoint) => endpoint.machine === district.name);
  if (own.length === 0) return [];
  const services = new Map(snapshot.services.map((service) => [service.id, service]));
  const letters = monogramsOf(snapshot.services);
  const sorted = own
    .map((endpoint) => ({ endpoint, task: taskWithId(snapshot, endpoint.task) }))
    .sort(
      (a, b) =>
        hueOf(services, a.endpoint.service) - hueOf(services, b.endpoint.service) ||
        (a.task?.slot ?? 0) - (b.task?.slot ?? 0) ||
        (a.endpoint.container < b.endpoint.container ? -1 : 1),
    );
  const room = district.box.w - 10;
  const gap = room / sorted.length < 8 ? 1 : 4;
  const side = Math.max(5, Math.min(most, Math.floor((room + gap) / sorted.length - gap)));
  const fits = Math.max(1, Math.floor((room + gap) / (side + gap)));
  const shown = sorted.slice(0, fits);
  district.more = sorted.length - shown.length;
  const total = shown.length * (side + gap) - gap;
  const x0 = district.box.x + (district.box.w - total) / 2;
  return shown.map(({ endpoint, task }, index): Station => {
    const service = endpoint.service ? services.get(endpoint.service) : undefined;
    const letter = (endpoint.service && letters.get(endpoint.service)) || '';
    return {
      ref: task ? `task:${task.id}` : `container:${endpoint.container}`,
      container: endpoint.container,
      machine: endpoint.machine,
      service: endpoint.service,
      hueIndex: service?.hueIndex ?? null,
      label: letter ? `${letter}${task && task.slot > 0 ? task.slot : ''}` : endpoint.name.slice(0, 2),
      box: { x: x0 + index * (side + gap), y: y + most - side, w: side, h: side },
      networks: endpoint.interfaces.filter(({ kind }) => kind === 'overlay').map((one) => one.network),
      closed: endpoint.service !== null && endpoint.binding !== 'enabled',
    };
  });
}

function hueOf(services: ReadonlyMap<string, ServiceView>, id: string | null): number {
  return (id && services.get(id)?.hueIndex) || 0;
}

/** A door for every port that the machine's ingress balancers serve, and for those that its containers hold themselves. */
function layDoors(district: District, snapshot: Snapshot, network: NetworkView, top: number): Door[] {
  const known = new Map<string, Omit<Door, 'box' | 'text'>>();
  for (const balancer of network.balancers) {
    if (balancer.machine !== district.name) continue;
    for (const { published, protocol } of balancer.ports)
      if (published > 0)
        known.set(`${published}/${protocol}`, { machine: district.name, port: published, protocol, mode: 'ingress' });
  }
  for (const endpoint of network.endpoints) {
    if (endpoint.machine !== district.name) continue;
    for (const { published, protocol, mode } of endpoint.ports)
      if (mode === 'host' && published > 0)
        known.set(`${published}/${protocol}`, { machine: district.name, port: published, protocol, mode });
  }
  if (snapshot.machines.find(({ name }) => name === district.name)?.power === false) return [];
  const doors = [...known.values()].sort((a, b) => a.port - b.port);
  const widths = doors.map((door) => doorText(door).length * 7.2 + 14);
  const placed: Door[] = [];
  let total = 0;
  for (const width of widths) {
    if (placed.length > 0 && total + width + 4 > district.box.w) break;
    placed.push({
      ...doors[placed.length]!,
      text: '',
      box: { x: total, y: top - DOOR_HEIGHT / 2, w: width, h: DOOR_HEIGHT },
    });
    total += width + 4;
  }
  const rest = doors.length - placed.length;
  const x0 = district.box.x + (district.box.w - (total - 4)) / 2;
  return placed.map((door, index) => ({
    ...door,
    text: doorText(door) + (rest > 0 && index === placed.length - 1 ? `+${rest}` : ''),
    box: { ...door.box, x: x0 + door.box.x },
  }));
}

function doorText({ port, protocol, mode }: Pick<Door, 'port' | 'protocol' | 'mode'>): string {
  return `${port}${protocol === 'tcp' ? '' : `/${protocol}`}${mode === 'host' ? ' host' : ''}`;
}

/** Where a hop is in the city; hops at one place share a number on the way. */
export interface Stop extends Point {
  kind: 'client' | 'door' | 'rail' | 'station' | 'street';
}

export interface WayMark extends Stop {
  /** Indices into the flow's hops. */
  first: number;
  last: number;
  way: Hop['way'];
  dropped: boolean;
  /** Why, in the network's words; empty while nothing is dropped. */
  reason: string;
}

export interface Way {
  marks: WayMark[];
  /** The way there, as corners. */
  out: Point[];
  /** The way back, as corners beside it. */
  back: Point[];
}

/** The way of a flow over the city, up to the hops it has. */
export function layWay(city: City, flow: FlowView): Way {
  const rail = railOf(city, flow);
  const stops = flow.hops.map((hop) => stopOf(city, flow, hop, rail));
  const marks: WayMark[] = [];
  for (const [index, stop] of stops.entries()) {
    const hop = flow.hops[index]!;
    if (stop === null) continue;
    const before = marks.at(-1);
    const dropped = hop.result === 'dropped';
    const reason = dropped ? (hop.reason ?? 'dropped') : '';
    if (before && before.x === stop.x && before.y === stop.y && before.way === hop.way) {
      before.last = index;
      before.dropped ||= dropped;
      before.reason ||= reason;
    } else marks.push({ ...stop, first: index, last: index, way: hop.way, dropped, reason });
  }
  const corners = (way: Hop['way']) => {
    const own = marks.filter((mark) => mark.way === way);
    return cornered(way === 'out' ? own : own.map(beside), city.street);
  };
  return { marks, out: corners('out'), back: corners('back') };
}

/** The way back lies a little beside the way there. */
function beside(mark: WayMark): WayMark {
  return { ...mark, x: mark.x + 6, y: mark.kind === 'station' ? mark.y - 1 : mark.y + 6 };
}

/** The rail that the flow rides: that of the network its hops name. */
function railOf(city: City, flow: FlowView): Rail | undefined {
  const name = flow.hops.findLast((hop) => hop.way === 'out' && hop.network !== undefined)?.network;
  return city.rails.find((rail) => rail.name === name) ?? city.rails.find((rail) => rail.name === 'ingress');
}

function stopOf(city: City, flow: FlowView, hop: Hop, rail: Rail | undefined): Stop | null {
  const district = city.districts.find(({ name }) => name === hop.machine);
  const railStop = (x: number): Stop => ({ kind: 'rail', x, y: rail?.y ?? city.street });
  switch (hop.room) {
    case 'client':
    case 'resolver':
      return clientStop(city, flow);
    case 'wire':
      return hop.result === 'dropped' ? cutStop(city, hop, rail) : null;
    case 'eth0':
    case 'nat':
    case 'docker_gwbridge':
    case 'ingress_sbox': {
      if (!district) return null;
      const box = doorOf(city, flow, hop.machine)?.box;
      return box
        ? { kind: 'door', x: box.x + box.w / 2, y: box.y + box.h }
        : { kind: 'door', x: district.balancerX, y: district.box.y + DOOR_HEIGHT / 2 };
    }
    case 'lb':
    case 'mark':
    case 'ipvs':
    case 'snat':
      return district ? railStop(balancerX(city, flow, district)) : null;
    case 'bridge':
    case 'vxlan': {
      if (!district) return null;
      const station = stationOf(city, flow, hop.machine);
      return railStop(station ? station.box.x + station.box.w / 2 : balancerX(city, flow, district));
    }
    case 'task':
    case 'app': {
      const station = city.stations.find((one) => one.container === (hop.container ?? reached(flow)));
      if (station) return { kind: 'station', x: station.box.x + station.box.w / 2, y: station.box.y };
      return district ? railStop(district.balancerX) : null;
    }
  }
}

/** Where a packet is lost between two machines: halfway, on the rail if it was wrapped, on the street if not. */
function cutStop(city: City, hop: Hop, rail: Rail | undefined): Stop | null {
  const find = (name: string | undefined) => city.districts.find((district) => district.name === name);
  const [, sender, receiver] = /^(?:lost between )?(\S+) (?:to|and) ([^\s:]+)/.exec(hop.rule) ?? [];
  const from = find(sender) ?? find(hop.machine);
  const to = find(receiver) ?? from;
  if (!from || !to) return null;
  const x = from === to ? from.box.x + from.box.w : (from.balancerX + to.balancerX) / 2;
  return hop.encapsulation && rail ? { kind: 'rail', x, y: rail.y } : { kind: 'street', x, y: city.street };
}

/** Below the door that it came in by, else in the middle of the district. */
function balancerX(city: City, flow: FlowView, district: District): number {
  const door = doorOf(city, flow, district.name);
  const isMesh = flow.hops.some((hop) => hop.machine === district.name && hop.room === 'nat');
  return isMesh && door ? door.box.x + door.box.w / 2 : district.balancerX;
}

function doorOf(city: City, flow: FlowView, machine: string): Door | undefined {
  return city.doors.find((one) => one.machine === machine && one.port === flow.target.port);
}

/** The station on a machine that the flow went to, once it is known. */
function stationOf(city: City, flow: FlowView, machine: string): Station | undefined {
  const container = reached(flow);
  return city.stations.find((one) => one.machine === machine && one.container === container);
}

function reached(flow: FlowView): string | undefined {
  return flow.hops.find((hop) => hop.container !== undefined && (hop.room === 'task' || hop.room === 'app'))?.container;
}

/** Where the client is: outside above the first machine it comes to, at a host's own place, or in its container. */
function clientStop(city: City, { origin, hops }: FlowView): Stop | null {
  if (origin.kind === 'container') {
    const station = city.stations.find((one) => one.container === origin.container);
    if (station) return { kind: 'station', x: station.box.x + station.box.w / 2, y: station.box.y };
  }
  const machine =
    origin.kind === 'outside' ? hops.find((hop) => hop.machine !== '' && hop.room === 'eth0')?.machine : origin.machine;
  const district = city.districts.find(({ name }) => name === machine) ?? city.districts[0];
  if (!district) return null;
  const { x, y } = district.box;
  return origin.kind === 'outside'
    ? { kind: 'client', x: district.balancerX, y: city.street - 2 }
    : { kind: 'client', x: x + Math.min(16, district.box.w * 0.16), y: y + DOOR_HEIGHT };
}

/** Stops joined by level and upright lines: along rails and the street, up and down at stations and doors. */
function cornered(stops: readonly Stop[], street: number): Point[] {
  const points: Point[] = [];
  for (const [index, stop] of stops.entries()) {
    const before = stops[index - 1];
    if (before) {
      if (before.kind === 'rail' && stop.kind !== 'rail') points.push({ x: stop.x, y: before.y });
      else if (stop.kind === 'rail' && before.kind !== 'rail') points.push({ x: before.x, y: stop.y });
      else if (before.kind === 'client' && stop.kind === 'door' && Math.abs(before.x - stop.x) < 200)
        points.push({ x: stop.x, y: before.y });
      else if (before.kind === 'door' && stop.kind === 'client') points.push({ x: before.x, y: stop.y });
      else if (before.kind !== 'rail' && Math.abs(before.x - stop.x) > 60) {
        points.push({ x: before.x, y: street }, { x: stop.x, y: street });
      } else if (before.x !== stop.x && before.y !== stop.y) points.push({ x: before.x, y: stop.y });
    }
    points.push({ x: stop.x, y: stop.y });
  }
  return points;
}

/** The service whose wheels are shown: that of the flow's balancer; else the first published one. */
export function wheelsOf(network: NetworkView, flow: FlowView | null): BalancerView[] {
  const balanced = flow?.hops.find((hop) => hop.room === 'ipvs');
  const own =
    balanced && network.balancers.find((one) => one.machine === balanced.machine && one.mark === balanced.mark);
  const model = own ?? (flow ? undefined : network.balancers.find((one) => one.ports.length > 0));
  if (!model) return [];
  return network.balancers.filter((one) => one.service === model.service && one.network === model.network);
}

/** What is under a point: a station, then the district. */
export function cityAt(city: City, x: number, y: number, slack: number): ObjectRef | null {
  const within = ({ box }: { box: Box }, by: number) =>
    x >= box.x - by && x <= box.x + box.w + by && y >= box.y - by && y <= box.y + box.h + by;
  return (city.stations.find((one) => within(one, slack)) ?? city.districts.find((one) => within(one, 0)))?.ref ?? null;
}
