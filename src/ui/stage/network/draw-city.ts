/** Paints the city: districts, rails, stations, doors, wheels. What moves over it is drawn by `draw-way.ts` and `draw-load.ts`. */
import type { ObjectRef } from '../../../protocol/events.ts';
import type { FlowView, NetworkView } from '../../../protocol/network-view.ts';
import { networkIdentity } from '../../look/identity.ts';
import { type Brush, drawText, forgetFont, type StageLook } from '../stage-look.ts';
import type { City, District, Door, Rail, Station, Wheel } from './city-layout.ts';
import { usesDoor } from './city-way.ts';
import { drawWheel } from './draw-wheel.ts';
import type { Gap } from './gossip-gap.ts';

export interface CityInk {
  brush: Brush;
  look: StageLook;
  measure(text: string, size: number, weight: number): number;
  selection: ObjectRef | null;
  hover: ObjectRef | null;
}

/** What of the picture changes the look of the city. */
export interface CityNews {
  flow: FlowView | null;
  pointers: NetworkView['pointers'];
  gaps: ReadonlyMap<string, Gap>;
  /** Answers per second by container: written under the stations. */
  rates: ReadonlyMap<string, string> | null;
}

/** `under`: what lies on the rails, but under wheels and doors. */
export function drawCity(ink: CityInk, city: City, news: CityNews, under: () => void): void {
  const { brush } = ink;
  const { flow, rates } = news;
  const used = new Set(flow?.hops.map((hop) => hop.machine) ?? []);
  drawRailNames(ink, city);
  brush.save();
  brush.beginPath();
  brush.rect(city.view.x, city.view.y, city.view.w, city.view.h);
  brush.clip();
  for (const district of city.districts) drawDistrict(ink, city, district, used.has(district.name));
  drawRails(ink, city);
  const story = storyOf(flow);
  for (const station of city.stations) {
    const strength = story === null || story.has(station.container) ? 1 : 0.55;
    drawStation(ink, city, station, strength, rates?.get(station.container) ?? '');
  }
  under();
  for (const wheel of city.wheels) drawCityWheel(ink, city, wheel, news);
  for (const door of city.doors) {
    drawDoor(ink, city, door, flow?.target.port === door.port && usesDoor(flow, door.machine));
  }
  brush.restore();
  forgetFont(brush);
}

/** Containers that the flow concerns; null without a flow. */
function storyOf(flow: FlowView | null): Set<string> | null {
  if (!flow) return null;
  const found = new Set<string>();
  if (flow.origin.kind === 'container') found.add(flow.origin.container);
  for (const hop of flow.hops) if (hop.container) found.add(hop.container);
  return found;
}

function traceDistrict(brush: Brush, { box, manager }: District, away: number): void {
  const { x, y, w, h } = { x: box.x - away, y: box.y - away, w: box.w + 2 * away, h: box.h + 2 * away };
  brush.beginPath();
  if (!manager) {
    brush.roundRect(x, y, w, h, Math.min(10, w / 5));
    return;
  }
  const cut = Math.min(13, w / 5);
  brush.moveTo(x + cut, y);
  brush.lineTo(x + w - cut, y);
  brush.lineTo(x + w, y + cut * 1.4);
  brush.lineTo(x + w, y + h - cut * 1.4);
  brush.lineTo(x + w - cut, y + h);
  brush.lineTo(x + cut, y + h);
  brush.lineTo(x, y + h - cut * 1.4);
  brush.lineTo(x, y + cut * 1.4);
  brush.closePath();
}

function drawDistrict(ink: CityInk, city: City, district: District, used: boolean): void {
  const { brush, look, measure } = ink;
  const { palette } = look;
  const { box, name, trouble, dead } = district;
  traceDistrict(brush, district, 0);
  brush.fillStyle = dead ? palette.stage : palette.node;
  brush.fill();
  if (dead) {
    brush.fillStyle = look.hatch;
    brush.fill();
  }
  brush.setLineDash(dead ? [5, 4] : []);
  brush.strokeStyle = used ? palette.t1 : palette.nodeEdge;
  brush.lineWidth = used ? 2 : 1.2;
  brush.stroke();
  brush.setLineDash([]);
  for (const [ref, width, away] of [
    [ink.selection, 2.5, 3.5],
    [ink.hover, 1.5, 3],
  ] as const) {
    if (ref !== district.ref) continue;
    traceDistrict(brush, district, away);
    brush.strokeStyle = palette.t1;
    brush.lineWidth = width;
    brush.stroke();
  }
  if (box.w < 18) return;
  const size = box.w < 60 ? 11 : city.compact ? 13 : 15;
  const label = measure(name, size, 700) > box.w - 6 ? name.replace(/^\D+/, '') || name.slice(0, 2) : name;
  const middle = box.x + box.w / 2;
  const y = box.y + box.h - (box.w >= 40 ? (trouble ? 17 : city.compact ? 8 : 11) : 8);
  drawText(brush, label, middle, y, {
    size,
    weight: 700,
    color: used ? palette.t1 : palette.t2,
    align: 'center',
    halo: palette.node,
  });
  if (trouble && box.w >= 40)
    drawText(brush, fitted(trouble, box.w - 8, 12, measure), middle, box.y + box.h - 4, {
      size: 12,
      color: palette.t2,
      align: 'center',
      halo: palette.node,
    });
  if (district.more > 0)
    drawText(brush, `+${district.more}`, box.x + box.w - 4, y - 16, {
      size: 12,
      color: palette.t2,
      align: 'right',
      halo: palette.node,
    });
}

/** A text that fits, cut if it has to be; the outline has it whole. */
export function fitted(text: string, width: number, size: number, measure: CityInk['measure'], weight = 400): string {
  if (measure(text, size, weight) <= width) return text;
  let cut = text;
  while (cut.length > 1 && measure(`${cut}…`, size, weight) > width) cut = cut.slice(0, -1);
  return `${cut}…`;
}

function railPitch({ rails }: City): number {
  return rails.length > 1 ? rails[1]!.y - rails[0]!.y : 40;
}

/** Names stand beside the city and do not move with it; on a phone they are a line above it. */
function drawRailNames({ brush, look, measure }: CityInk, city: City): void {
  const { palette, theme } = look;
  const { rails, view } = city;
  if (city.compact) {
    let x = view.x + 2;
    for (const rail of rails) {
      const { fill, edge } = networkIdentity(rail.hue, theme);
      const width = measure(rail.name, 12, 650);
      if (x + width + 18 > view.x + view.w) return;
      brush.fillStyle = fill;
      brush.fillRect(x, 6, 12, 4);
      drawText(brush, rail.name, x + 16, 12, { size: 12, weight: 650, color: edge });
      x += width + 28;
    }
    return;
  }
  const pitch = railPitch(city);
  for (const rail of rails) {
    if (pitch < 12 && rails.length > 1) continue;
    if (rail.y < view.y + 6 || rail.y > view.y + view.h - 6) continue;
    const { edge } = networkIdentity(rail.hue, theme);
    const size = pitch < 17 ? 12 : 15;
    const twoLines = pitch >= 28;
    const room = view.x - 28;
    drawText(brush, fitted(rail.name, room, size, measure, 700), 20, rail.y + (twoLines ? 0 : 4), {
      size,
      weight: 700,
      color: edge,
    });
    if (!twoLines) continue;
    const facts = `${rail.vni} ${rail.subnet}`;
    drawText(brush, rail.notes ? `${rail.vni} ${rail.notes}` : facts, 20, rail.y + 14, {
      size: 11,
      color: palette.t2,
      family: 'mono',
    });
  }
}

function drawRails(ink: CityInk, city: City): void {
  const width = railPitch(city) < 10 && city.rails.length > 1 ? 2.5 : 5;
  for (const rail of city.rails) drawRail(ink, city, rail, width);
}

/** Between machines it is the wire that carries it; on a machine that has no task on it, the network is not there. */
function drawRail({ brush, look }: CityInk, city: City, rail: Rail, width: number): void {
  const { fill, edge, striped } = networkIdentity(rail.hue, look.theme);
  const piece = (x1: number, x2: number, present: boolean) => {
    brush.strokeStyle = present ? fill : edge;
    brush.lineWidth = present ? width : 1.5;
    brush.setLineDash(present ? (striped ? [10, 3] : []) : [1.5, 5]);
    brush.beginPath();
    brush.moveTo(x1, rail.y);
    brush.lineTo(x2, rail.y);
    brush.stroke();
    brush.setLineDash([]);
  };
  const first = city.districts.findIndex(({ name }) => rail.machines.has(name));
  const last = city.districts.findLastIndex(({ name }) => rail.machines.has(name));
  for (const [index, { box, name }] of city.districts.entries()) {
    const next = city.districts[index + 1];
    const from = index === 0 ? city.left : box.x;
    const to = next ? next.box.x : city.right;
    const has = rail.machines.has(name);
    if (has) piece(index === first ? from : box.x, index === last ? to : box.x + box.w, true);
    else piece(from, box.x + box.w, false);
    if (next && index < last && index >= first) piece(has ? box.x + box.w : box.x, next.box.x, true);
  }
}

function drawStation(ink: CityInk, city: City, station: Station, strength: number, rate: string): void {
  const { brush, look } = ink;
  const { palette, theme } = look;
  const { box } = station;
  const x = box.x + box.w / 2;
  const rails = city.rails.filter((rail) => station.networks.includes(rail.network));
  const top = Math.min(...rails.map((rail) => rail.y));
  brush.globalAlpha = strength;
  // A crowd has no lines: they would hide it.
  const isDot = box.w < 8;
  if (rails.length > 0 && !isDot) {
    brush.strokeStyle = palette.t2;
    brush.lineWidth = box.w < 10 ? 1 : 1.5;
    brush.beginPath();
    brush.moveTo(x, top);
    brush.lineTo(x, box.y);
    brush.stroke();
  }
  const hue = station.hueIndex === null ? null : look.service(station.hueIndex);
  brush.beginPath();
  brush.roundRect(box.x, box.y, box.w, box.h, box.w < 10 ? 1 : 4);
  brush.fillStyle = hue && !station.closed ? hue.fill : palette.stage;
  brush.fill();
  brush.strokeStyle = hue?.edge ?? palette.t2;
  brush.lineWidth = 1.5;
  brush.setLineDash(station.closed ? [3, 2] : []);
  brush.stroke();
  brush.setLineDash([]);
  if (box.w >= 13)
    drawText(brush, station.label, x, box.y + box.h / 2 + (box.w > 30 ? 5 : 4), {
      size: box.w > 30 ? 15 : station.label.length > 2 ? 10.5 : 12,
      weight: 700,
      color: hue && !station.closed ? hue.ink : palette.t1,
      align: 'center',
    });
  brush.globalAlpha = 1;
  const below = rate || (station.roomy ? station.name : '');
  if (below !== '' && box.w >= 13)
    drawText(brush, below, x, box.y + box.h + 12, {
      size: 11,
      weight: 650,
      color: palette.t1,
      align: 'center',
      halo: palette.node,
    });
  const radius = box.w < 10 ? 2 : 4;
  for (const rail of isDot ? [] : rails) {
    const { edge } = networkIdentity(rail.hue, theme);
    brush.beginPath();
    brush.arc(x, rail.y, radius, 0, Math.PI * 2);
    brush.fillStyle = palette.stage;
    brush.fill();
    brush.strokeStyle = edge;
    brush.lineWidth = radius > 2 ? 2 : 1;
    brush.stroke();
    // Near enough, a station has its address on each rail.
    const address = station.addresses[station.networks.indexOf(rail.network)];
    if (station.roomy && address)
      drawText(brush, address, x + 7, rail.y - 6, {
        size: 10.5,
        color: palette.t2,
        family: 'mono',
        halo: palette.node,
      });
  }
  const ring = ink.selection === station.ref ? 2.5 : ink.hover === station.ref ? 1.5 : 0;
  if (ring > 0) {
    brush.beginPath();
    brush.roundRect(box.x - 3, box.y - 3, box.w + 6, box.h + 6, 5);
    brush.strokeStyle = palette.t1;
    brush.lineWidth = ring;
    brush.stroke();
  }
}

/** Under a door hangs its wheel; the wheel of a virtual IP has the letters of its service. */
function drawCityWheel(ink: CityInk, city: City, wheel: Wheel, { flow, pointers, gaps }: CityNews): void {
  const { brush, look } = ink;
  const { palette } = look;
  const { balancer, x, y, r, label } = wheel;
  const door = label === '' ? city.doors.find((one) => one.machine === balancer.machine && isUnder(one, wheel)) : null;
  if (door) {
    brush.strokeStyle = palette.nodeEdge;
    brush.lineWidth = 1.5;
    brush.beginPath();
    brush.moveTo(x, door.box.y + door.box.h);
    brush.lineTo(x, y - r);
    brush.stroke();
  }
  const hop = flow?.hops.find(
    ({ room, machine, mark }) => room === 'ipvs' && machine === balancer.machine && mark === balancer.mark,
  );
  const last = pointers.find((one) => one.balancer === balancer.key)?.last ?? null;
  const gap = gaps.get(balancer.key);
  const identity = { service: look.service(wheel.hueIndex), gap };
  drawWheel(brush, look, balancer.destinations, { ...identity, at: { x, y }, radius: r, pointer: hop?.choice ?? last });
  const isChosen = ink.selection === `service:${balancer.service}` || ink.hover === `service:${balancer.service}`;
  if (isChosen || hop) {
    brush.beginPath();
    brush.arc(x, y, r + 2.5, 0, Math.PI * 2);
    brush.strokeStyle = palette.t1;
    brush.lineWidth = isChosen ? 2.5 : 1.5;
    brush.stroke();
  }
  if (label !== '')
    drawText(brush, label, x - r - 3, y + 4, {
      size: 11,
      weight: 700,
      color: palette.t1,
      align: 'right',
      halo: palette.node,
    });
}

const isUnder = ({ box }: Door, { x }: Wheel): boolean => Math.abs(box.x + box.w / 2 - x) < 1;

function drawDoor({ brush, look }: CityInk, { compact }: City, door: Door, used: boolean): void {
  const { palette } = look;
  const { x, y, w, h } = door.box;
  brush.beginPath();
  brush.roundRect(x, y, w, h, [4, 4, 0, 0]);
  brush.fillStyle = used ? palette.inverse : palette.stage;
  brush.fill();
  brush.strokeStyle = used ? palette.t1 : palette.nodeEdge;
  brush.lineWidth = 1.5;
  brush.setLineDash(door.mode === 'host' ? [4, 3] : []);
  brush.stroke();
  brush.setLineDash([]);
  drawText(brush, door.text, x + w / 2, y + h / 2 + 4.5, {
    size: compact ? 11 : 12,
    weight: 650,
    color: used ? palette.onInverse : palette.t1,
    align: 'center',
    family: 'mono',
  });
}
