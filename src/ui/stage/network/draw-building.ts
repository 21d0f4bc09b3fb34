/** Paints the building: rooms in their order with what each did, the bands over them, the wires between; and the capsule with the headers. */
import type { BalancerView, FlowView, Hop, NetworkView } from '../../../protocol/network-view.ts';
import { drawCross, drawTick } from '../draw-glyphs.ts';
import { type Brush, drawText, type StageLook } from '../stage-look.ts';
import type { Building, Capsule, RoomMark, WireMark } from './building-layout.ts';
import { type CityInk, drawWheel, fitted } from './draw-city.ts';

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
  for (const wire of building.wires) drawWire(ink, wire, flow, step);
  drawCapsule(ink, building.capsule);
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
    drawWheel(
      brush,
      look,
      wheel,
      { pointers: [], hueIndex: ink.hueIndex },
      { x: box.x + box.w - radius - 7, y: box.y + box.h / 2 },
      radius,
      hop.choice,
    );
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

function drawWire({ brush, look }: BuildingInk, wire: WireMark, flow: FlowView, step: number): void {
  const { palette } = look;
  const hop = flow.hops[wire.step]!;
  const isHere = wire.step === step;
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
  if (hop.result === 'dropped') drawCross(brush, middle, y, 14, palette.t1, palette.stage, 3);
  drawText(brush, wire.text, middle, y - 11, {
    size: 11.5,
    color: palette.t2,
    align: 'center',
    halo: palette.stage,
    weight: hop.result === 'dropped' ? 650 : 400,
  });
}

function drawCapsule({ brush, look, measure }: BuildingInk, capsule: Capsule): void {
  const { palette } = look;
  const { box, outer } = capsule;
  const compact = box.w < 640;
  const x = box.x + 1;
  const w = box.w - 2;
  let inner = { x, y: box.y + 2, w, h: Math.min(44, box.h - 4) };
  if (outer) {
    pill(brush, x, box.y + 1, w, box.h - 2, palette.raise, palette.t1, 2, Math.min(44, box.h / 2 - 1));
    const y = box.y + (compact ? 15 : 20);
    if (compact) {
      drawText(brush, `${outer.left.replace(' → ', ' → ')}`, box.x + 22, y, {
        size: 11,
        weight: 600,
        color: palette.t1,
        family: 'mono',
      });
    } else {
      drawText(brush, 'outer', box.x + 44, y, { size: 13, color: palette.t2 });
      drawText(brush, outer.left, box.x + 90, y, { size: 14, weight: 600, color: palette.t1, family: 'mono' });
      drawText(brush, outer.right, box.x + box.w - 40, y, { size: 14, weight: 650, color: palette.t1, align: 'right' });
    }
    const top = box.y + (compact ? 21 : 28);
    inner = {
      x: x + (compact ? 8 : 26),
      y: top,
      w: w - (compact ? 16 : 52),
      h: box.y + box.h - (compact ? 6 : 8) - top,
    };
  } else inner.y = box.y + (box.h - inner.h) / 2;
  pill(brush, inner.x, inner.y, inner.w, inner.h, palette.stage, palette.t1, outer ? 1.5 : 2, inner.h / 2);
  drawEnds(brush, look, measure, capsule, inner, compact);
}

function drawEnds(
  brush: Brush,
  { palette }: StageLook,
  measure: CityInk['measure'],
  capsule: Capsule,
  box: { x: number; y: number; w: number; h: number },
  compact: boolean,
): void {
  const middle = box.y + box.h / 2;
  const size = compact ? 11.5 : 15;
  if (compact) {
    drawText(brush, `${capsule.from} → ${capsule.to}`, box.x + 14, middle + 4, {
      size,
      weight: 650,
      color: palette.t1,
      family: 'mono',
    });
    return;
  }
  const foot = capsule.note || capsule.protocol;
  const tail = measure(foot, 13, capsule.note ? 650 : 400) + 24;
  const ends = [
    { word: 'from', value: capsule.from, old: capsule.oldFrom },
    { word: 'to', value: capsule.to, old: capsule.oldTo },
  ];
  const share = (box.w - 40 - tail) / 2;
  ends.forEach(({ word, value, old }, index) => {
    const from = box.x + 22 + index * share;
    const end = from + share - 12;
    drawText(brush, word, from, middle + 5, { size: 14, color: palette.t2 });
    const left = from + (word === 'from' ? 38 : 24);
    const width = value.length * size * 0.6 + 16;
    const h = Math.min(28, box.h - 10);
    brush.strokeStyle = palette.t1;
    brush.lineWidth = 1.2;
    brush.beginPath();
    brush.roundRect(left, middle - h / 2, width, h, 3);
    brush.moveTo(left, middle);
    brush.lineTo(left + 4, middle);
    brush.moveTo(left + width - 4, middle);
    brush.lineTo(left + width, middle);
    brush.stroke();
    drawText(brush, value, left + width / 2, middle + 5, {
      size,
      weight: 650,
      color: palette.t1,
      align: 'center',
      family: 'mono',
    });
    let at = left + width + 10;
    for (const text of old) {
      const long = text.length * 7.5;
      if (at + long > end) break;
      drawText(brush, text, at, middle + 4.5, { size: 12.5, color: palette.t3, family: 'mono' });
      brush.strokeStyle = palette.t3;
      brush.lineWidth = 1.2;
      brush.beginPath();
      brush.moveTo(at, middle + 0.5);
      brush.lineTo(at + long, middle + 0.5);
      brush.stroke();
      at += long + 12;
    }
  });
  drawText(brush, foot, box.x + box.w - 20, middle + 5, {
    size: 13,
    weight: capsule.note ? 650 : 400,
    color: capsule.note ? palette.t1 : palette.t2,
    align: 'right',
  });
}

function pill(
  brush: Brush,
  x: number,
  y: number,
  w: number,
  h: number,
  fill: string,
  edge: string,
  width: number,
  radius: number,
): void {
  brush.beginPath();
  brush.roundRect(x, y, w, h, radius);
  brush.fillStyle = fill;
  brush.fill();
  brush.strokeStyle = edge;
  brush.lineWidth = width;
  brush.stroke();
}
