/**
 * The city: machines as districts in one row in the order in which they were made, overlay networks as rails through them, containers as stations,
 * published ports as doors, load balancers as wheels: under its door on the ingress rail, for a virtual IP at the right of the district on the
 * rail of its network. Pure: picture in, places out. Zoomed in it is laid out anew with wider districts, so that more of them is told.
 */
import type { ObjectRef } from '../../../protocol/events.ts';
import type { BalancerView, EndpointView, NetworkView } from '../../../protocol/network-view.ts';
import type { MachineView, ServiceView, Snapshot } from '../../../protocol/snapshot.ts';
import { nodeOfMachine, taskName, taskWithId } from '../../store/rows.ts';
import { monogramsOf } from '../monograms.ts';
import type { Box } from '../scene.ts';

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
  ingress: boolean;
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
  name: string;
  box: Box;
  /** Networks (ids) it is attached to. */
  networks: readonly string[];
  /** Its addresses by network, in the order of `networks`. */
  addresses: readonly string[];
  /** Weight 0 or not registered: no new connection comes here. */
  closed: boolean;
  /** There is room beside it for its name in full. */
  roomy: boolean;
}

export interface Door {
  machine: string;
  port: number;
  protocol: string;
  mode: 'ingress' | 'host';
  text: string;
  box: Box;
}

/** A load balancer of one machine. */
export interface Wheel {
  balancer: BalancerView;
  hueIndex: number;
  /** Its service: the monogram, or the name where there is room; empty under a door, whose number says it. */
  label: string;
  x: number;
  y: number;
  r: number;
}

export interface District {
  ref: ObjectRef;
  name: string;
  box: Box;
  manager: boolean;
  /** Why it is not what it should be: `no power`, `cable cut`, `4789/udp closed`. */
  trouble: string;
  dead: boolean;
  /** Where its load balancer is on the rails that have no wheel. */
  balancerX: number;
  /** Tasks that found no room. */
  more: number;
}

export interface City {
  width: number;
  height: number;
  compact: boolean;
  /** How far it is zoomed in. */
  k: number;
  /** What is seen of it: names of rails stand left of this (on a phone above it). */
  view: Box;
  /** Where rails begin and end. */
  left: number;
  right: number;
  /** Height of the way between machines that is no overlay, and of clients outside. */
  street: number;
  districts: District[];
  rails: Rail[];
  stations: Station[];
  doors: Door[];
  wheels: Wheel[];
}

/** As d3-zoom has it, across: a place of the unzoomed city is at `place * k + x`. Its height stays as it is. */
export interface CityZoom {
  k: number;
  x: number;
}

export interface CityOptions {
  width: number;
  height: number;
  zoom?: CityZoom;
  /** Room for counts under the stations. */
  counts?: boolean;
  /** The port whose doors are to be seen, if not all find room. */
  port?: number | undefined;
}

export const DOOR_HEIGHT = 22;
const unzoomed: CityZoom = { k: 1, x: 0 };
/** Side of a station where there are too many for squares. */
const DOT = 6;
/** Districts from this width on have names in full. */
const ROOMY = 300;
/** On a phone the names of the rails are a line above the city. */
const LEGEND = 18;

/** The part of the stage that the city moves in. */
export function viewOf({ width, height }: { width: number; height: number }): Box {
  const compact = width < 640;
  const [x, y] = compact ? [4, LEGEND] : [140, 0];
  return { x, y, w: width - x - (compact ? 4 : 12), h: height - y };
}

export function layCity(snapshot: Snapshot, options: CityOptions): City {
  const { width, height, zoom = unzoomed, counts = false, port = 0 } = options;
  const network = snapshot.network ?? nothing;
  const compact = width < 640;
  const view = viewOf(options);
  const { k } = zoom;
  // Things grow with the room, though not without end.
  const grown = Math.min(k, 1.8);
  const left = view.x * k + zoom.x;
  const right = left + view.w * k;
  const count = Math.max(1, snapshot.machines.length);
  const gap = count > 20 && k < 2 ? 2 : compact ? 4 : 6;
  const pitch = (right - left - 8 + gap) / count;
  const street = view.y + (compact ? 3 : 10);
  const top = street + (compact ? 14 : DOOR_HEIGHT);
  const w = pitch - gap;
  const foot = view.y + view.h - 2;
  const isRoomy = w >= ROOMY;
  const nameRoom = (w >= 40 ? (compact ? 26 : 34) : 20) + (counts || isRoomy ? 13 : 0);
  const side = Math.max(compact ? 12 : 14, Math.min(24 * grown, (foot - top) * 0.15));
  const squaresY = foot - nameRoom - side;
  const firstRail = top + (compact ? 32 : 42);
  const rails = layRails(network, firstRail, squaresY - (compact ? 10 : 18), 34);
  const letters = monogramsOf(snapshot.services);
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
  const byMachine = new Map<string, EndpointView[]>(districts.map(({ name }) => [name, []]));
  for (const endpoint of network.endpoints) byMachine.get(endpoint.machine)?.push(endpoint);
  const ports = new Map(districts.map(({ name }) => [name, portsOf(name, snapshot, network)]));
  // Balancers at the right and stations at the left, where there is room for it everywhere.
  const parted = districts.every(({ name }) => {
    const own = byMachine.get(name)!.length;
    return widthOfDoors(ports.get(name)!) + own * (side + 4) + 34 <= w;
  });
  const doors = districts.flatMap((district) => layDoors(ports.get(district.name)!, district, { top, parted, port }));
  const railPitch = rails.length > 1 ? rails[1]!.y - rails[0]!.y : 40;
  const radius = Math.min(11 * grown, railPitch * 0.46);
  const wheels =
    radius < 4.5 || w < 46 ? [] : layWheels(snapshot, network, { districts, doors, rails, radius, letters });
  const stations = districts.flatMap((district) => {
    const own = wheels.filter(({ balancer, label }) => balancer.machine === district.name && (label !== '' || parted));
    const wheelsFrom = Math.min(
      ...own.map(({ x, r, label }) => x - r - label.length * 6.5),
      ...doors.filter(({ machine }) => parted && machine === district.name).map(({ box }) => box.x),
      district.box.x + district.box.w,
    );
    return layStations(district, snapshot, byMachine.get(district.name) ?? [], {
      y: squaresY,
      most: side,
      top: (rails.at(-1)?.y ?? top) + 12,
      right: wheelsFrom - 4,
      letters,
    });
  });
  return { width, height, compact, k, view, left, right, street, districts, rails, stations, doors, wheels };
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
function layRails(network: NetworkView, top: number, foot: number, widest: number): Rail[] {
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
      ingress: overlay.ingress,
      machines: new Set([overlay.machine]),
    });
  }
  const rails = [...found.values()].sort((a, b) => a.vni - b.vni);
  const pitch = rails.length > 1 ? Math.max(6, Math.min(widest, (foot - top) / (rails.length - 1))) : 0;
  return rails.map((rail, index) => ({ ...rail, y: Math.round(top + index * pitch) }));
}

/** Why a machine is not what it should be, in few words; empty when all is well. */
export function troubleOf(machine: MachineView, snapshot: Snapshot): string {
  if (!machine.power) return 'no power';
  if (machine.daemon !== 'running') return `daemon ${machine.daemon}`;
  if (!machine.cable) return 'cable cut';
  if (machine.closedPorts.length > 0)
    return `${machine.closedPorts.map(({ port, protocol }) => `${port}/${protocol}`).join(' ')} closed`;
  const node = nodeOfMachine(snapshot, machine.name);
  if (!node) return 'in no swarm';
  return node.availability === 'active' ? '' : node.availability === 'drain' ? 'Drain' : 'Pause';
}

interface StationRoom {
  /** Top of the squares, and their greatest side. */
  y: number;
  most: number;
  /** How far up they may reach. */
  top: number;
  /** Where the wheels of virtual IPs begin. */
  right: number;
  letters: ReadonlyMap<string, string>;
}

function layStations(
  district: District,
  snapshot: Snapshot,
  own: readonly EndpointView[],
  place: StationRoom,
): Station[] {
  if (own.length === 0) return [];
  const { y, most, letters } = place;
  const services = new Map(snapshot.services.map((service) => [service.id, service]));
  const sorted = own
    .map((endpoint) => ({ endpoint, task: taskWithId(snapshot, endpoint.task) }))
    .sort(
      (a, b) =>
        hueOf(services, a.endpoint.service) - hueOf(services, b.endpoint.service) ||
        (a.task?.slot ?? 0) - (b.task?.slot ?? 0) ||
        (a.endpoint.container < b.endpoint.container ? -1 : 1),
    );
  const { box } = district;
  const isTight = sorted.length * 14 > place.right - box.x - 10;
  const room = (isTight ? box.x + box.w - 5 : place.right) - box.x - 5;
  const spots = gridOf(sorted.length, { x: box.x + 5, y, w: room, h: most, top: place.top, roomy: box.w >= ROOMY });
  district.more = sorted.length - spots.length;
  return spots.map((spot, index): Station => {
    const { endpoint, task } = sorted[index]!;
    const service = endpoint.service ? services.get(endpoint.service) : undefined;
    const letter = (endpoint.service && letters.get(endpoint.service)) || '';
    const overlays = endpoint.interfaces.filter(({ kind }) => kind === 'overlay');
    return {
      ref: task ? `task:${task.id}` : `container:${endpoint.container}`,
      container: endpoint.container,
      machine: endpoint.machine,
      service: endpoint.service,
      hueIndex: service?.hueIndex ?? null,
      label: letter ? `${letter}${task && task.slot > 0 ? task.slot : ''}` : endpoint.name.slice(0, 2),
      name: task ? taskName(task) : endpoint.name,
      box: spot,
      networks: overlays.map((one) => one.network),
      addresses: overlays.map((one) => one.address),
      closed: endpoint.service !== null && endpoint.binding !== 'enabled',
      roomy: box.w >= ROOMY && (spots[index + 1]?.x ?? Number.POSITIVE_INFINITY) - spot.x >= 74,
    };
  });
}

/** Where so many squares stand: in one row while they are large enough to be told apart, else as dots in rows from the foot upwards. */
function gridOf(count: number, place: Box & { top: number; roomy: boolean }): Box[] {
  const { x, y, w, h, top, roomy } = place;
  const gap = w / count < 8 ? 2 : roomy ? Math.max(4, Math.min(70, w / count - h)) : 4;
  const side = Math.min(h, Math.floor((w + gap) / count - gap));
  if (side >= 8) {
    const from = x + (w - count * (side + gap) + gap) / 2;
    return Array.from({ length: count }, (_, index) => ({
      x: from + index * (side + gap),
      y: y + h - side,
      w: side,
      h: side,
    }));
  }
  const pitch = DOT + 2;
  const columns = Math.max(1, Math.min(count, Math.floor((w + 2) / pitch)));
  const rows = Math.max(1, Math.min(Math.ceil(count / columns), Math.floor((y + h - top) / pitch)));
  const from = x + (w - columns * pitch + 2) / 2;
  return Array.from({ length: Math.min(count, rows * columns) }, (_, index) => ({
    x: from + (index % columns) * pitch,
    y: y + h - DOT - Math.floor(index / columns) * pitch,
    w: DOT,
    h: DOT,
  }));
}

interface WheelRoom {
  districts: readonly District[];
  doors: readonly Door[];
  rails: readonly Rail[];
  radius: number;
  letters: ReadonlyMap<string, string>;
}

/** A wheel under each door of the mesh, and those of virtual IPs from the right, as many as half of the district holds. */
function layWheels(snapshot: Snapshot, network: NetworkView, room: WheelRoom): Wheel[] {
  const { districts, doors, rails, radius, letters } = room;
  const services = new Map(snapshot.services.map((service) => [service.id, service]));
  const wheels: Wheel[] = [];
  const add = (balancer: BalancerView, place: Pick<Wheel, 'x' | 'y' | 'r' | 'label'>) =>
    wheels.push({ balancer, hueIndex: services.get(balancer.service)?.hueIndex ?? 0, ...place });
  for (const { name, box } of districts) {
    const own = network.balancers.filter((one) => one.machine === name);
    for (const rail of rails) {
      if (!rail.machines.has(name)) continue;
      const here = own.filter((one) => one.network === rail.network).sort((a, b) => a.mark - b.mark);
      if (rail.ingress) {
        for (const door of doors) {
          if (door.machine !== name || door.mode !== 'ingress') continue;
          const balancer = here.find(({ ports }) =>
            ports.some(({ published, protocol }) => published === door.port && protocol === door.protocol),
          );
          if (balancer && !wheels.some((wheel) => wheel.balancer === balancer))
            add(balancer, {
              x: door.box.x + door.box.w / 2,
              y: rail.y,
              r: Math.min(radius, door.box.w / 2 - 1),
              label: '',
            });
        }
        continue;
      }
      const r = Math.min(radius, 9 + radius * 0.15);
      const isRoomy = box.w >= ROOMY;
      const labels = here.map(({ service, name: own }) => (isRoomy ? own : (letters.get(service) ?? '?')));
      const step = 2 * r + 12 + Math.max(...labels.map((label) => label.length)) * 6.5;
      const most = Math.max(1, Math.floor((box.w * 0.6) / step));
      here.slice(0, most).forEach((balancer, index) => {
        const x = box.x + box.w - 8 - r - (Math.min(here.length, most) - 1 - index) * step;
        add(balancer, { x, y: rail.y, r, label: labels[index]! });
      });
    }
  }
  return wheels;
}

function hueOf(services: ReadonlyMap<string, ServiceView>, id: string | null): number {
  return (id && services.get(id)?.hueIndex) || 0;
}

/** The ports of a machine: those that its ingress balancers serve, and those that its containers hold themselves. */
function portsOf(name: string, snapshot: Snapshot, network: NetworkView): Omit<Door, 'box'>[] {
  if (snapshot.machines.find((machine) => machine.name === name)?.power === false) return [];
  const known = new Map<string, Omit<Door, 'box' | 'text'>>();
  for (const balancer of network.balancers) {
    if (balancer.machine !== name) continue;
    for (const { published, protocol } of balancer.ports)
      if (published > 0)
        known.set(`${published}/${protocol}`, { machine: name, port: published, protocol, mode: 'ingress' });
  }
  for (const endpoint of network.endpoints) {
    if (endpoint.machine !== name) continue;
    for (const { published, protocol, mode } of endpoint.ports)
      if (mode === 'host' && published > 0)
        known.set(`${published}/${protocol}`, { machine: name, port: published, protocol, mode });
  }
  return [...known.values()].sort((a, b) => a.port - b.port).map((door) => ({ ...door, text: doorText(door) }));
}

const DOOR_GAP = 4;
const doorWidth = ({ text }: Pick<Door, 'text'>): number => text.length * 7.2 + 14;
const widthOfDoors = (doors: readonly Pick<Door, 'text'>[]): number =>
  doors.reduce((sum, door) => sum + doorWidth(door) + DOOR_GAP, -DOOR_GAP);

/** In a row, in the middle or from the right; what finds no room is counted on the last one. */
function layDoors(
  all: readonly Omit<Door, 'box'>[],
  { box: place }: District,
  { top, parted, port }: { top: number; parted: boolean; port: number },
): Door[] {
  const first = all.filter((door) => door.port === port);
  const ports = widthOfDoors(all) > place.w ? [...first, ...all.filter((door) => door.port !== port)] : all;
  const shown = doorsThatFit(ports, place.w);
  const total = widthOfDoors(shown);
  const x0 = parted ? place.x + place.w - 14 - total : place.x + (place.w - total) / 2;
  let x = x0;
  return shown.map((door) => {
    const w = doorWidth(door);
    const box = { x, y: top - DOOR_HEIGHT / 2, w, h: DOOR_HEIGHT };
    x += w + DOOR_GAP;
    return { ...door, box };
  });
}

/** The first ports that find room; the last of them says how many do not. At least one is shown. */
function doorsThatFit(ports: readonly Omit<Door, 'box'>[], room: number): Omit<Door, 'box'>[] {
  for (let count = ports.length; count > 1; count--) {
    const shown = withRest(ports, count);
    if (widthOfDoors(shown) <= room) return shown;
  }
  return withRest(ports, Math.min(1, ports.length));
}

function withRest(ports: readonly Omit<Door, 'box'>[], count: number): Omit<Door, 'box'>[] {
  const rest = ports.length - count;
  return ports
    .slice(0, count)
    .map((door, index) => (rest > 0 && index === count - 1 ? { ...door, text: `${door.text}+${rest}` } : door));
}

function doorText({ port, protocol, mode }: Pick<Door, 'port' | 'protocol' | 'mode'>): string {
  return `${port}${protocol === 'tcp' ? '' : `/${protocol}`}${mode === 'host' ? ' host' : ''}`;
}

/** What is under a point: a station, a wheel's service, then the district. */
export function cityAt(city: City, x: number, y: number, slack: number): ObjectRef | null {
  const { view } = city;
  if (x < view.x || x > view.x + view.w || y < view.y || y > view.y + view.h) return null;
  const within = ({ box }: { box: Box }, by: number) =>
    x >= box.x - by && x <= box.x + box.w + by && y >= box.y - by && y <= box.y + box.h + by;
  const station = city.stations.find((one) => within(one, slack));
  if (station) return station.ref;
  const wheel = city.wheels.find((one) => Math.hypot(one.x - x, one.y - y) <= one.r + slack);
  if (wheel) return `service:${wheel.balancer.service}`;
  return city.districts.find((one) => within(one, 0))?.ref ?? null;
}
