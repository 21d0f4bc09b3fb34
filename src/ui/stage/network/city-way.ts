/**
 * The way of a flow over the city: where each of its hops is, the lines between, and where it was dropped. Hops at one place share a number.
 * Pure; laid over the places of `city-layout.ts`.
 */
import type { FlowView, Hop } from '../../../protocol/network-view.ts';
import type { Point } from '../scene.ts';
import {
  type City,
  type District,
  DOOR_HEIGHT,
  type Door,
  type Rail,
  type Station,
  type Wheel,
} from './city-layout.ts';

/** Where a hop is in the city. */
export interface Stop extends Point {
  kind: 'client' | 'door' | 'wheel' | 'rail' | 'station' | 'street';
  /** Machine in whose district it is; empty between them. */
  machine: string;
}

export interface WayMark extends Stop {
  /** Indices into the flow's hops. */
  first: number;
  last: number;
  way: Hop['way'];
  /** How often it was dropped here: a lost packet is sent again. */
  drops: number;
  /** Why, in the network's words; empty while nothing is dropped. */
  reason: string;
}

export interface Way {
  marks: WayMark[];
  /** From the mark before to each mark, as corners; the first is a mere point. Those of the way back lie beside the way there. */
  legs: Point[][];
}

/** The way of a flow over the city, up to the hops it has. */
export function layWay(city: City, flow: FlowView): Way {
  const rail = railOf(city, flow);
  const marks: WayMark[] = [];
  for (const [index, hop] of flow.hops.entries()) {
    const place = stopOf(city, flow, hop, rail);
    if (place === null) continue;
    const stop = { ...place, machine: place.kind === 'street' ? '' : hop.machine };
    const before = marks.at(-1);
    const drops = hop.result === 'dropped' ? 1 : 0;
    const reason = drops > 0 ? (hop.reason ?? 'dropped') : '';
    if (before && before.x === stop.x && before.y === stop.y && before.way === hop.way) {
      before.last = index;
      before.drops += drops;
      before.reason ||= reason;
    } else marks.push({ ...stop, first: index, last: index, way: hop.way, drops, reason });
  }
  const legs = marks.map((mark, index) => {
    const before = marks[index - 1];
    if (!before) return [{ x: mark.x, y: mark.y }];
    return mark.way === 'out'
      ? cornered(before, mark, city.street)
      : cornered(beside(before), beside(mark), city.street);
  });
  return { marks, legs };
}

/** Index of the mark at which a step is shown: its own, else the last one before it. */
export function markAt({ marks }: Way, step: number): number {
  const own = marks.findIndex((mark) => step >= mark.first && step <= mark.last);
  return own >= 0 ? own : marks.findLastIndex((mark) => mark.last <= step);
}

/** A point at a share of the length of a leg. */
export function alongLeg(leg: readonly Point[], share: number): Point {
  const lengths = leg.slice(1).map((point, index) => Math.hypot(point.x - leg[index]!.x, point.y - leg[index]!.y));
  let left = lengths.reduce((sum, length) => sum + length, 0) * share;
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [leg[index]!, leg[index + 1]!];
    if (left <= length && length > 0)
      return { x: from.x + ((to.x - from.x) * left) / length, y: from.y + ((to.y - from.y) * left) / length };
    left -= length;
  }
  return leg.at(-1)!;
}

/** The beginning of a leg, up to a share of its length. */
export function partOfLeg(leg: readonly Point[], share: number): Point[] {
  const end = alongLeg(leg, share);
  const lengths = leg.slice(1).map((point, index) => Math.hypot(point.x - leg[index]!.x, point.y - leg[index]!.y));
  let left = lengths.reduce((sum, length) => sum + length, 0) * share;
  const corners: Point[] = [leg[0]!];
  for (const [index, length] of lengths.entries()) {
    if (left <= length) break;
    corners.push(leg[index + 1]!);
    left -= length;
  }
  return [...corners, end];
}

/** The way back lies a little beside the way there. */
function beside(mark: WayMark): WayMark {
  return { ...mark, x: mark.x + 6, y: mark.kind === 'station' ? mark.y - 1 : mark.y + 6 };
}

/** The rail that the flow rides: that of the network its hops name. */
function railOf(city: City, flow: FlowView): Rail | undefined {
  const name = flow.hops.findLast((hop) => hop.way === 'out' && hop.network !== undefined)?.network;
  return city.rails.find((rail) => rail.name === name) ?? city.rails.find((rail) => rail.ingress);
}

/** A place, before it is known whose. */
type Place = Omit<Stop, 'machine'>;

function stopOf(city: City, flow: FlowView, hop: Hop, rail: Rail | undefined): Place | null {
  const district = city.districts.find(({ name }) => name === hop.machine);
  const railStop = (x: number): Place => ({ kind: 'rail', x, y: rail?.y ?? city.street });
  switch (hop.room) {
    case 'client':
    case 'resolver':
      return hop.way === 'out' || hop.machine !== '' || flow.origin.kind === 'outside' ? clientStop(city, flow) : null;
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
      return district ? balancerStop(city, flow, district, rail) : null;
    case 'bridge':
    case 'vxlan': {
      if (!district) return null;
      const station = stationOf(city, flow, hop.machine);
      return station
        ? railStop(station.box.x + station.box.w / 2)
        : flow.hops.some(({ room, machine }) => room === 'ipvs' && machine === hop.machine)
          ? balancerStop(city, flow, district, rail)
          : railStop(district.balancerX);
    }
    case 'task':
    case 'app': {
      const station = city.stations.find((one) => one.container === (hop.container ?? reached(flow)));
      if (station) return { kind: 'station', x: station.box.x + station.box.w / 2, y: station.box.y };
      return district ? railStop(district.balancerX) : null;
    }
  }
}

/** Where a packet is lost between two machines: on the rail if it was wrapped, on the street if not. */
function cutStop(city: City, hop: Hop, rail: Rail | undefined): Place | null {
  const [, sender, receiver] = /^(?:lost between )?(\S+) (?:to|and) ([^\s:]+)/.exec(hop.rule) ?? [];
  const x = cutX(city, sender ?? hop.machine, receiver ?? '', hop.detail ?? hop.rule);
  if (x === null) return null;
  return hop.encapsulation && rail ? { kind: 'rail', x, y: rail.y } : { kind: 'street', x, y: city.street };
}

/**
 * Between which districts a packet is lost that went from one machine to another: before the one that the trouble is about, else halfway. Never
 * within a machine that has nothing to do with it.
 */
export function cutX(
  { districts, left, right }: City,
  sender: string,
  receiver: string,
  trouble: string,
): number | null {
  const at = (name: string) => districts.findIndex((district) => district.name === name);
  const [from, to] = [at(sender), at(receiver)];
  if (from < 0 && to < 0) return null;
  // The gap after district `index`.
  const gap = (index: number): number => {
    const before = districts[index];
    const after = districts[index + 1];
    if (!before) return left;
    return after ? (before.box.x + before.box.w + after.box.x) / 2 : Math.min(right, before.box.x + before.box.w + 3);
  };
  // From outside: in front of the machine.
  if (from < 0 || to < 0 || from === to) return gap(Math.max(from, to) - 1);
  const [first, last] = from < to ? [from, to - 1] : [to, from - 1];
  const names = trouble.split(/[ :,]+/);
  const nearReceiver = from < to ? last : first;
  const nearSender = from < to ? first : last;
  if (names.includes(receiver) && !/^lost between/.test(trouble)) return gap(nearReceiver);
  if (names.includes(sender) && !/^lost between/.test(trouble)) return gap(nearSender);
  return gap(Math.floor((first + last) / 2));
}

/** At the wheel that balances the flow on a machine; else on the rail below the door that it came in by, or in the district's middle. */
function balancerStop(city: City, flow: FlowView, district: District, rail: Rail | undefined): Place {
  const wheel = wheelOfFlow(city, flow, district.name);
  if (wheel) return { kind: 'wheel', x: wheel.x, y: wheel.y };
  const door = doorOf(city, flow, district.name);
  const isMesh = flow.hops.some((hop) => hop.machine === district.name && hop.room === 'nat');
  const x = isMesh && door ? door.box.x + door.box.w / 2 : district.balancerX;
  return { kind: 'rail', x, y: rail?.y ?? city.street };
}

/** The wheel that the flow passes on a machine: that of its mark there, or that of the virtual IP it was sent to. */
export function wheelOfFlow(city: City, flow: FlowView, machine: string): Wheel | undefined {
  const own = flow.hops.filter((hop) => hop.machine === machine && hop.way === 'out');
  const mark = own.find((hop) => hop.mark !== undefined)?.mark;
  const held = own.find(({ room }) => room === 'lb')?.before.dst.replace(/:\d+$/, '');
  return city.wheels.find(
    ({ balancer }) => balancer.machine === machine && (balancer.mark === mark || balancer.virtualIp === held),
  );
}

/** Does the flow come in by a door of this machine? What leaves it, or finds nothing published, does not. */
export function usesDoor(flow: FlowView, machine: string): boolean {
  return flow.hops.some(
    ({ room, way, before, after, ...hop }) =>
      hop.machine === machine && room === 'nat' && way === 'out' && before.dst !== after.dst,
  );
}

function doorOf(city: City, flow: FlowView, machine: string): Door | undefined {
  if (!usesDoor(flow, machine)) return undefined;
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
function clientStop(city: City, { origin, hops }: FlowView): Place | null {
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

/** Two stops joined by level and upright lines: along rails and, from machine to machine, the street; up and down at stations and doors. */
function cornered(from: Stop, to: Stop, street: number): Point[] {
  const isRail = ({ kind }: Stop) => kind === 'rail' || kind === 'wheel';
  const corner = (x: number, y: number): Point[] => [from, { x, y }, to].map(pointOf);
  if (from.x === to.x || from.y === to.y) return [pointOf(from), pointOf(to)];
  if (isRail(from)) return corner(to.x, from.y);
  if (isRail(to)) return corner(from.x, to.y);
  if (from.machine !== to.machine && from.machine !== '' && to.machine !== '')
    return [from, { x: from.x, y: street }, { x: to.x, y: street }, to].map(pointOf);
  // Along the doors, down at stations.
  if (from.kind === 'door') return corner(to.x, from.y);
  return corner(from.x, to.y);
}

const pointOf = ({ x, y }: Point): Point => ({ x, y });
