/** Paints the city: districts, rails, stations, doors, wheels; and over them the way of a flow with its numbers, its capsule, its drop. */
import type { ObjectRef } from '../../../protocol/events.ts';
import type { BalancerView, FlowView, NetworkView } from '../../../protocol/network-view.ts';
import { networkIdentity } from '../../look/identity.ts';
import { drawCross } from '../draw-glyphs.ts';
import type { Point } from '../scene.ts';
import { type Brush, drawText, type StageLook } from '../stage-look.ts';
import type { City, District, Door, Station, Way, WayMark } from './city-layout.ts';

export interface CityInk {
  brush: Brush;
  look: StageLook;
  measure(text: string, size: number, weight: number): number;
  selection: ObjectRef | null;
  hover: ObjectRef | null;
}

/** Wheels of one service, by machine, with their pointers. */
export interface Wheels {
  balancers: readonly BalancerView[];
  pointers: NetworkView['pointers'];
  hueIndex: number;
}

export function drawCity(ink: CityInk, city: City, flow: FlowView | null, wheels: Wheels | null): void {
  const used = new Set(flow?.hops.map((hop) => hop.machine) ?? []);
  for (const district of city.districts) drawDistrict(ink, city, district, used.has(district.name), wheels);
  drawRails(ink, city);
  const story = storyOf(flow);
  for (const station of city.stations)
    drawStation(ink, city, station, story === null || story.has(station.container) ? 1 : 0.5);
  for (const door of city.doors) {
    const isUsed = flow?.hops.some(
      (hop) => hop.machine === door.machine && (hop.room === 'nat' || hop.room === 'eth0'),
    );
    drawDoor(ink, door, isUsed === true && flow?.target.port === door.port);
  }
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

function drawDistrict(ink: CityInk, city: City, district: District, used: boolean, wheels: Wheels | null): void {
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
  const wheel = city.wheelRadius > 0 ? wheels?.balancers.find((one) => one.machine === name) : undefined;
  const size = box.w < 60 ? 11 : city.compact ? 13 : 15;
  const shift = wheel ? city.wheelRadius + 3 : 0;
  const label = measure(name, size, 700) > box.w - 6 ? name.replace(/^\D+/, '') || name.slice(0, 2) : name;
  const middle = box.x + box.w / 2;
  const y = box.y + box.h - (trouble && box.w >= 40 ? 17 : box.w >= 40 ? (city.compact ? 9 : 13) : 8);
  drawText(brush, label, middle + shift, y, {
    size,
    weight: 700,
    color: used ? palette.t1 : palette.t2,
    align: 'center',
    halo: palette.node,
  });
  if (wheel && wheels)
    drawWheel(
      brush,
      look,
      wheel,
      wheels,
      { x: middle + shift - measure(label, size, 700) / 2 - city.wheelRadius - 7, y: y - 5 },
      city.wheelRadius,
    );
  if (trouble && box.w >= 40) {
    const text = fitted(trouble, box.w - 8, 12, measure);
    drawText(brush, text, middle, box.y + box.h - 4, {
      size: 12,
      color: palette.t2,
      align: 'center',
      halo: palette.node,
    });
  }
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

function drawRails({ brush, look, measure }: CityInk, city: City): void {
  const { palette } = look;
  const pitch = city.rails.length > 1 ? city.rails[1]!.y - city.rails[0]!.y : 40;
  const width = pitch < 10 ? 2.5 : 5;
  for (const rail of city.rails) {
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
    // Between machines it is the wire that carries it; on a machine that has no task on it, the network is not there.
    for (const [index, { box, name }] of city.districts.entries()) {
      const next = city.districts[index + 1];
      const from = index === 0 ? city.left : box.x;
      const to = next ? next.box.x : city.right;
      const has = rail.machines.has(name);
      if (has) piece(index === first ? from : box.x, index === last ? to : box.x + box.w, true);
      else piece(from, box.x + box.w, false);
      if (next && index < last && index >= first) piece(has ? box.x + box.w : box.x, next.box.x, true);
    }
    if (city.compact) {
      // Above the first rail and below the last one: between them there is no room.
      const above = rail === city.rails[0];
      if (above || rail === city.rails.at(-1) || pitch >= 16)
        drawText(brush, rail.name, city.left + 1, rail.y + (above || pitch >= 16 ? -5 : 14), {
          size: 12,
          weight: 700,
          color: edge,
          halo: palette.stage,
        });
      continue;
    }
    if (pitch < 11) continue;
    const size = pitch < 17 ? 12 : 15;
    const name = fitted(rail.name, 70, size, measure, 700);
    drawText(brush, name, 20, rail.y + (pitch < 26 ? 4 : -1), { size, weight: 700, color: edge });
    drawText(brush, `VNI ${rail.vni}`, 132, rail.y + (pitch < 26 ? 4 : -1), {
      size: 11.5,
      color: palette.t2,
      align: 'right',
      family: 'mono',
    });
    if (pitch >= 26)
      drawText(brush, `${rail.subnet}${rail.notes ? ` ${rail.notes}` : ''}`, 20, rail.y + 13, {
        size: 11.5,
        color: palette.t2,
        family: 'mono',
      });
    drawText(brush, fitted(rail.name, 66, size, measure, 700), city.right + 8, rail.y + 5, {
      size,
      weight: 700,
      color: edge,
    });
  }
}

function drawStation(ink: CityInk, city: City, station: Station, strength: number): void {
  const { brush, look } = ink;
  const { palette, theme } = look;
  const { box } = station;
  const x = box.x + box.w / 2;
  const rails = city.rails.filter((rail) => station.networks.includes(rail.network));
  const top = Math.min(...rails.map((rail) => rail.y));
  brush.globalAlpha = strength;
  if (rails.length > 0) {
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
    drawText(brush, station.label, x, box.y + box.h / 2 + 4, {
      size: station.label.length > 2 ? 10.5 : 12,
      weight: 700,
      color: hue && !station.closed ? hue.ink : palette.t1,
      align: 'center',
    });
  brush.globalAlpha = 1;
  const radius = box.w < 10 ? 2 : 4;
  for (const rail of rails) {
    const { edge } = networkIdentity(rail.hue, theme);
    brush.beginPath();
    brush.arc(x, rail.y, radius, 0, Math.PI * 2);
    brush.fillStyle = palette.stage;
    brush.fill();
    brush.strokeStyle = edge;
    brush.lineWidth = radius > 2 ? 2 : 1;
    brush.stroke();
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

function drawDoor({ brush, look }: CityInk, door: Door, used: boolean): void {
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
  drawText(brush, door.text, x + w / 2, y + 15.5, {
    size: 12,
    weight: 650,
    color: used ? palette.onInverse : palette.t1,
    align: 'center',
    family: 'mono',
  });
}

/** A balancer as a wheel: a wedge per destination, hatched at weight 0, the pointer on the one chosen last. */
export function drawWheel(
  brush: Brush,
  look: StageLook,
  balancer: BalancerView,
  { pointers, hueIndex }: Pick<Wheels, 'pointers' | 'hueIndex'>,
  at: Point,
  radius: number,
  chosen?: string,
): void {
  const { palette } = look;
  const hue = look.service(hueIndex);
  const { destinations } = balancer;
  const last = chosen ?? pointers.find((one) => one.balancer === balancer.key)?.last ?? null;
  const step = (Math.PI * 2) / Math.max(1, destinations.length);
  if (destinations.length === 0) {
    brush.beginPath();
    brush.arc(at.x, at.y, radius, 0, Math.PI * 2);
    brush.fillStyle = palette.stage;
    brush.fill();
  }
  destinations.forEach((destination, index) => {
    const from = -Math.PI / 2 + index * step;
    const isLast = destination.endpoint === last;
    brush.beginPath();
    if (destinations.length > 1) brush.moveTo(at.x, at.y);
    brush.arc(at.x, at.y, radius, from, from + step);
    brush.closePath();
    brush.fillStyle = isLast ? hue.fill : palette.stage;
    brush.fill();
    if (destination.weight === 0) {
      brush.fillStyle = look.hatch;
      brush.fill();
    }
    brush.strokeStyle = hue.edge;
    brush.lineWidth = 1;
    brush.stroke();
    if (radius >= 22 && destinations.length <= 12) {
      const middle = from + step / 2;
      const far = destinations.length === 1 ? 0 : radius * 0.68;
      drawText(brush, wedgeText(destination.name), at.x + Math.cos(middle) * far, at.y + Math.sin(middle) * far + 4, {
        size: 12,
        weight: isLast ? 700 : 400,
        color: isLast ? hue.ink : palette.t2,
        align: 'center',
      });
    }
  });
  brush.beginPath();
  brush.arc(at.x, at.y, radius, 0, Math.PI * 2);
  brush.strokeStyle = hue.edge;
  brush.lineWidth = 1.5;
  brush.setLineDash(destinations.length === 0 ? [2, 2] : []);
  brush.stroke();
  brush.setLineDash([]);
  const index = destinations.findIndex(({ endpoint }) => endpoint === last);
  if (index < 0) return;
  const angle = -Math.PI / 2 + (index + 0.5) * step;
  brush.beginPath();
  brush.moveTo(at.x, at.y);
  brush.lineTo(at.x + Math.cos(angle) * radius * 0.44, at.y + Math.sin(angle) * radius * 0.44);
  brush.strokeStyle = hue.ink;
  brush.lineWidth = radius >= 22 ? 3 : 2;
  brush.lineCap = 'round';
  brush.stroke();
  brush.lineCap = 'butt';
}

/** `web.3.abc` is 3. */
function wedgeText(name: string): string {
  return /\.(\d+)(\.|$)/.exec(name)?.[1] ?? name.slice(0, 2);
}

/** The way of the flow, its numbers and where it is now. `packet`: where it is while it travels. */
export function drawWay(
  { brush, look }: CityInk,
  way: Way,
  step: number,
  packet: Point | null,
  compact: boolean,
): void {
  const { palette } = look;
  const trace = (points: readonly Point[]) => {
    brush.beginPath();
    for (const [index, point] of points.entries()) {
      if (index === 0) brush.moveTo(point.x, point.y);
      else brush.lineTo(point.x, point.y);
    }
  };
  brush.lineJoin = 'round';
  if (way.out.length > 1) {
    trace(way.out);
    brush.strokeStyle = palette.stage;
    brush.lineWidth = 7;
    brush.stroke();
    brush.strokeStyle = palette.t1;
    brush.lineWidth = 3.5;
    brush.stroke();
  }
  if (way.back.length > 1) {
    trace(way.back);
    brush.strokeStyle = palette.t1;
    brush.lineWidth = 2;
    brush.setLineDash([1.5, 5]);
    brush.lineCap = 'round';
    brush.stroke();
    brush.lineCap = 'butt';
    brush.setLineDash([]);
  }
  const current =
    way.marks.find((mark) => step >= mark.first && step <= mark.last) ??
    way.marks.findLast((mark) => mark.last <= step);
  if (!compact)
    for (const mark of way.marks) if (mark !== current && mark.way === 'out') drawMark(brush, look, mark, false);
  if (current) drawMark(brush, look, current, true);
  for (const mark of way.marks) if (mark.dropped) drawDrop(brush, look, mark);
  if (packet) drawCapsule(brush, look, packet);
}

/** Numbers stand on the way there; the way back has one only where it is looked at. */
/** The number of a mark, its width, and where it stands: above stations, below doors. */
function badgeOf(mark: WayMark): { text: string; w: number; at: Point } {
  const text = mark.first === mark.last ? `${mark.first + 1}` : `${mark.first + 1}–${mark.last + 1}`;
  const w = Math.max(16, text.length * 6.6 + 8);
  const at =
    mark.kind === 'station'
      ? { x: mark.x, y: mark.y - 9 }
      : mark.kind === 'door'
        ? { x: mark.x, y: mark.y + 11 }
        : mark;
  return { text, w, at };
}

/** Where the packet ended: a cross, and the reason in words beside it. */
function drawDrop(brush: Brush, { palette }: StageLook, mark: WayMark): void {
  const { w, at } = badgeOf(mark);
  const x = at.x + w / 2 + 11;
  drawCross(brush, x, at.y, 12, palette.t1, palette.stage, 3);
  drawText(brush, mark.reason, x + 12, at.y + 4.5, { size: 13, weight: 650, color: palette.t1, halo: palette.stage });
}

function drawMark(brush: Brush, look: StageLook, mark: WayMark, strong: boolean): void {
  const { palette } = look;
  const { text, w, at } = badgeOf(mark);
  brush.beginPath();
  brush.roundRect(at.x - w / 2, at.y - 8, w, 16, 8);
  brush.fillStyle = strong ? palette.inverse : palette.stage;
  brush.fill();
  brush.strokeStyle = palette.t1;
  brush.lineWidth = strong ? 2 : 1.5;
  brush.stroke();
  drawText(brush, text, at.x, at.y + 4, {
    size: 11,
    weight: 700,
    color: strong ? palette.onInverse : palette.t1,
    align: 'center',
  });
}

/** The packet itself: a capsule within a capsule. */
function drawCapsule(brush: Brush, { palette }: StageLook, { x, y }: Point): void {
  brush.beginPath();
  brush.roundRect(x - 20, y - 11, 40, 22, 11);
  brush.fillStyle = palette.stage;
  brush.fill();
  brush.strokeStyle = palette.t1;
  brush.lineWidth = 2;
  brush.stroke();
  brush.beginPath();
  brush.roundRect(x - 13, y - 6, 26, 12, 6);
  brush.fillStyle = palette.inverse;
  brush.fill();
}
