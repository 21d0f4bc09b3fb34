/** Paints the building: rooms in their order with what each did, the bands over them, the wires between; and the capsule with the headers. */
import type { BalancerView, FlowView, Hop, NetworkView } from '../../../protocol/network-view.ts';
import { drawCross, drawTick } from '../draw-glyphs.ts';
import type { Box } from '../scene.ts';
import { drawText } from '../stage-look.ts';
import type { Building, RoomMark, WireMark } from './building-layout.ts';
import { type CityInk, fitted } from './draw-city.ts';
import { drawWheel } from './draw-wheel.ts';
import { ruleText } from './flow-words.ts';

export interface BuildingInk extends Pick<CityInk, 'brush' | 'look' | 'measure'> {
  network: NetworkView;
  /** Hue of the service that is balanced. */
  hueIndex: number;
}

export function drawBuilding(ink: BuildingInk, building: Building, flow: FlowView, step: number): void {
  const { brush, look } = ink;
  const { palette } = look;
  for (const { text, machine, box } of building.bands) {
    if (!machine) {
      brush.fillStyle = palette.raise;
      brush.fillRect(box.x, box.y, box.w, box.h);
    }
    const [name, address] = text.split('  ');
    const isFree =
      machine && !building.bands.some((band) => !band.machine && band.box.x === box.x && band.box.y === box.y);
    if (machine) {
      drawText(brush, name!, box.x + 1, box.y + 13, { size: 14, weight: 700, color: palette.t1 });
      const from = box.x + ink.measure(name!, 14, 700) + 8;
      const covered = building.bands.find((band) => !band.machine && band.box.y === box.y && band.box.x >= box.x);
      const room = Math.min(box.x + box.w, covered ? covered.box.x : Number.POSITIVE_INFINITY) - from;
      if (isFree && address && address.length * 7.2 <= room + 30 && (!covered || address.length * 7.2 <= room))
        drawText(brush, address, from, box.y + 13, { size: 12, color: palette.t2, family: 'mono' });
    } else
      drawText(brush, fitted(text, box.w - 12, 12, ink.measure), box.x + 8, box.y + 13, {
        size: 12,
        weight: 600,
        color: palette.t2,
        family: 'mono',
      });
  }
  for (const room of building.rooms) drawRoom(ink, room, step);
  for (const wire of building.wires) drawWire(ink, wire, step);
  if (building.rule) drawRule(ink, building.rule, flow, step);
}

/** What the lit room does, in one line. */
function drawRule({ brush, look, measure }: BuildingInk, box: Box, flow: FlowView, step: number): void {
  const { palette } = look;
  const hop = flow.hops[step]!;
  const number = `${step + 1}`;
  const w = Math.max(18, measure(number, 12, 700) + 10);
  const y = box.y + box.h / 2 - 1;
  brush.beginPath();
  brush.roundRect(box.x, y - 8, w, 16, 8);
  brush.fillStyle = palette.inverse;
  brush.fill();
  drawText(brush, number, box.x + w / 2, y + 4, { size: 12, weight: 700, color: palette.onInverse, align: 'center' });
  const words = fitted(ruleText(flow, hop), box.w - w - 8, 13, measure);
  drawText(brush, words, box.x + w + 8, y + 4.5, { size: 13, color: palette.t1 });
}

function drawRoom(ink: BuildingInk, room: RoomMark, step: number): void {
  const { brush, look, measure } = ink;
  const { palette } = look;
  const { box, hop, lines, title } = room;
  const isHere = room.step === step || room.backStep === step;
  const isAhead = !isHere && room.step > step;
  brush.fillStyle = isHere ? palette.inverse : palette.stage;
  brush.fillRect(box.x, box.y, box.w, box.h);
  brush.strokeStyle = palette.line2;
  brush.lineWidth = 1;
  brush.strokeRect(box.x + 0.5, box.y + 0.5, box.w, box.h - 1);
  const strong = isHere ? palette.onInverse : isAhead ? palette.t3 : palette.t1;
  const soft = isHere ? palette.onInverse : isAhead ? palette.t3 : palette.t2;
  const pad = box.w < 70 ? 6 : 9;
  const short = box.h < 64;
  const wheel = hop.room === 'ipvs' && !short ? balancerOf(ink.network, hop) : undefined;
  const room12 = box.w - 2 * pad - (wheel ? 70 : 0);
  drawText(
    brush,
    fitted(title, box.w - pad, 13, measure, 650),
    box.x + pad,
    box.y + (box.h < 36 ? box.h / 2 + 4.5 : short ? 14 : 19),
    {
      size: 13,
      weight: 650,
      color: strong,
    },
  );
  if (!short && box.h >= 84) {
    const at = { x: box.x + pad + 6, y: box.y + 38 };
    if (hop.result === 'dropped') drawCross(brush, at.x, at.y, 12, strong, null, 2.4);
    else if (!isAhead) drawTick(brush, at.x, at.y, 13, strong, null, 2);
  } else if (hop.result === 'dropped') drawCross(brush, box.x + box.w - 11, box.y + 10, 10, strong, null, 2.2);
  // A low room has one line: the value, where there is one.
  const isLow = box.h < 50;
  // A flat one has its name only; the ledger and the inspector have the rest.
  if (box.h < 36) return;
  const y = box.y + box.h - (lines[1] ? (isLow ? 4 : short ? 20 : 26) : isLow ? 8 : 10);
  if (!(isLow && lines[1]))
    drawText(brush, fitted(lines[0], room12, 12, measure), box.x + pad, y, {
      size: 12,
      color: soft,
      weight: hop.result === 'dropped' ? 650 : 400,
    });
  if (lines[1]) {
    const chars = Math.floor((room12 + 4) / 6.9);
    const text = lines[1].length > chars ? `${lines[1].slice(0, Math.max(1, chars - 1))}…` : lines[1];
    drawText(brush, text, box.x + pad, isLow ? box.y + box.h - 8 : y + (short ? 14 : 16), {
      size: 11.5,
      color: soft,
      family: 'mono',
    });
  }
  if (wheel) {
    const radius = Math.min(33, box.h / 2 - 8);
    drawWheel(brush, look, wheel.destinations, {
      service: look.service(ink.hueIndex),
      at: { x: box.x + box.w - radius - 7, y: box.y + box.h / 2 },
      radius,
      pointer: hop.choice ?? null,
    });
  }
}

/** The balancer as it was when it chose: the hop's candidates. */
function balancerOf(network: NetworkView, hop: Hop): BalancerView | undefined {
  const now = network.balancers.find((one) => one.machine === hop.machine && one.mark === hop.mark);
  if (!hop.candidates) return now;
  const destinations = hop.candidates.map((one) => ({ ...one, task: null }));
  const none = {
    key: '',
    machine: hop.machine,
    mark: hop.mark ?? 0,
    network: '',
    service: '',
    name: '',
    virtualIp: '',
    ports: [],
  };
  return { ...(now ?? none), destinations };
}

function drawWire({ brush, look }: BuildingInk, wire: WireMark, step: number): void {
  const { palette } = look;
  const isHere = wire.steps.includes(step);
  const middle = (wire.from.x + wire.to.x) / 2;
  const { y } = wire.from;
  brush.strokeStyle = palette.t1;
  brush.lineWidth = isHere ? 3.5 : 2;
  brush.setLineDash([2, 4]);
  brush.beginPath();
  brush.moveTo(wire.from.x + 3, y);
  brush.lineTo(wire.to.x - 3, y);
  brush.stroke();
  brush.setLineDash([]);
  if (wire.dropped) drawCross(brush, middle, y, 14, palette.t1, palette.stage, 3);
  drawText(brush, wire.text, middle, y - 11, {
    size: 11.5,
    color: palette.t2,
    align: 'center',
    halo: palette.stage,
    weight: wire.dropped ? 650 : 400,
  });
}
