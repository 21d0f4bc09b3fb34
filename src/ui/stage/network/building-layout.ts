/**
 * The building: the rooms that a flow has passed, machine by machine in order, with what each did; and the capsule that shows the packet's headers
 * at one hop. Rooms stand in one row where they fit, else in several. Pure.
 */
import type { FlowView, Hop } from '../../../protocol/network-view.ts';
import type { Box } from '../scene.ts';
import { captionOf, networkOf, roomLines, roomName } from './flow-words.ts';

export interface RoomMark {
  machine: string;
  hop: Hop;
  /** Index of the hop there, and of the one on the way back (or -1). */
  step: number;
  backStep: number;
  title: string;
  lines: readonly [string, string];
  box: Box;
}

/** A name over rooms: a machine, or a namespace within it. */
export interface Band {
  text: string;
  machine: boolean;
  box: Box;
}

export interface WireMark {
  /** Steps of the hops on this wire: more than one when a packet was lost and sent again. */
  steps: readonly number[];
  dropped: boolean;
  text: string;
  from: { x: number; y: number };
  to: { x: number; y: number };
}

export interface Capsule {
  box: Box;
  from: string;
  to: string;
  /** Older values, the newest first. */
  oldFrom: readonly string[];
  oldTo: readonly string[];
  protocol: string;
  /** Firewall mark that hangs on the packet while it is in the namespace that set it: `0x100`. */
  mark: string;
  /** What the change of this hop means: `client address replaced here`. */
  caption: string;
  /** It is the answer, on its way back. */
  back: boolean;
  outer: { left: string; right: string; encrypted: boolean } | null;
  note: string;
}

export interface Building {
  /** Where the rule of the current hop stands in one line; null: there is no room. */
  rule: Box | null;
  rooms: RoomMark[];
  bands: Band[];
  wires: WireMark[];
  capsule: Capsule;
}

export interface BuildingOptions {
  box: Box;
  /** There is room for the headers only. */
  onlyCapsule?: boolean;
  /** Width of a text of 12 px. */
  measure(text: string, weight: number): number;
  addressOf(machine: string): string;
}

const WIRE = 54;
/** With the reason beside it. */
const LOST_WIRE = 130;
const BAND = 18;

export function layBuilding(flow: FlowView, step: number, options: BuildingOptions): Building {
  const { box } = options;
  const compact = box.w < 640;
  const hops = roomsAndWires(flow);
  if (options.onlyCapsule) return { rule: null, rooms: [], bands: [], wires: [], capsule: layCapsule(flow, step, box) };
  const capsuleHeight = compact ? 48 : Math.min(84, Math.max(66, box.h * 0.36));
  const ruleHeight = box.h - capsuleHeight >= (compact ? 96 : 112) ? 22 : 0;
  const rooms = layRooms(flow, hops, { ...options, box: { ...box, h: box.h - capsuleHeight - (ruleHeight || 8) } });
  // Rule and headers follow the rooms; where there is more room than that, it stays at the foot.
  const foot = Math.max(box.y, ...rooms.rooms.map((room) => room.box.y + room.box.h));
  const capsuleY = Math.min(box.y + box.h - capsuleHeight, foot + (ruleHeight > 0 ? ruleHeight + 10 : 8));
  const capsuleBox = { x: box.x, y: capsuleY, w: box.w, h: capsuleHeight };
  const rule = ruleHeight > 0 ? { x: box.x, y: capsuleY - ruleHeight - 2, w: box.w, h: ruleHeight } : null;
  return { rule, ...rooms, capsule: layCapsule(flow, step, capsuleBox) };
}

/** A room, or a wire with all tries of getting over it. */
interface Place {
  hop: Hop;
  index: number;
  steps: number[];
  drops: number;
}

function roomsAndWires(flow: FlowView): Place[] {
  const places: Place[] = [];
  const last = flow.hops.length - 1;
  for (const [index, hop] of flow.hops.entries()) {
    if (hop.way === 'back' && !(hop.result === 'dropped' && index === last)) continue;
    const before = places.at(-1);
    const drops = hop.result === 'dropped' ? 1 : 0;
    if (hop.room === 'wire' && before?.hop.room === 'wire' && before.hop.machine === hop.machine) {
      before.steps.push(index);
      before.drops += drops;
    } else places.push({ hop, index, steps: [index], drops });
  }
  return places;
}

function layRooms(
  flow: FlowView,
  hops: readonly Place[],
  { box, measure, addressOf }: BuildingOptions,
): Pick<Building, 'rooms' | 'bands' | 'wires'> {
  const compact = box.w < 640;
  const natural = hops.map((place) =>
    place.hop.room === 'wire' ? (place.drops > 0 ? LOST_WIRE : WIRE) : widthOf(place.hop, measure, compact),
  );
  const total = natural.reduce((sum, width) => sum + width, 0);
  // A little too wide is squeezed; much too wide goes to more rows.
  const rows = Math.max(1, Math.ceil(total / (box.w * 1.12)));
  const perRow = rows === 1 ? Number.POSITIVE_INFINITY : Math.max(total / rows, box.w * 0.6);
  const split: number[][] = [[]];
  let filled = 0;
  natural.forEach((width, index) => {
    if (filled + width > perRow * 1.08 && split.at(-1)!.length > 0 && split.length < rows) {
      split.push([]);
      filled = 0;
    }
    split.at(-1)!.push(index);
    filled += width;
  });
  const rowHeight = box.h / split.length;
  const rooms: RoomMark[] = [];
  const wires: WireMark[] = [];
  for (const [row, members] of split.entries()) {
    const width = members.reduce((sum, index) => sum + natural[index]!, 0);
    const scale = Math.min(width < box.w * 0.7 ? 1.15 : 1.6, box.w / width);
    let x = box.x;
    const top = box.y + row * rowHeight + BAND;
    const height = Math.min(140, rowHeight - BAND - (row < split.length - 1 ? 4 : 0));
    for (const index of members) {
      const { hop, index: step, steps, drops } = hops[index]!;
      const w = natural[index]! * scale;
      if (hop.room === 'wire') {
        const next = flow.hops[step + 1];
        const ms = next && next.way === 'out' ? `${((next.at - hop.at) / 1000).toFixed(2)} ms` : '';
        const reason = steps.map((one) => flow.hops[one]!.reason).find((one) => one !== undefined);
        wires.push({
          steps,
          dropped: drops > 0,
          text: drops > 0 ? `${reason ?? 'dropped'}${drops > 1 ? `, ${drops} times` : ''}` : ms,
          from: { x, y: top + height / 2 },
          to: { x: x + w, y: top + height / 2 },
        });
      } else
        rooms.push({
          machine: hop.machine,
          hop,
          step,
          backStep: flow.hops.findIndex(
            (one) => one.way === 'back' && one.machine === hop.machine && one.room === hop.room,
          ),
          title: titleOf(hop),
          lines: roomLines(hop),
          box: { x: Math.round(x), y: top, w: Math.round(x + w) - Math.round(x), h: height },
        });
      x += w;
    }
  }
  return { rooms, wires, bands: bandsOf(flow, rooms, addressOf) };
}

/** Short titles: the namespace stands in the band over the rooms. */
function titleOf(hop: Hop): string {
  if (hop.room === 'docker_gwbridge') return 'gwbridge';
  if (hop.room === 'ingress_sbox') return 'eth1';
  if (hop.room === 'lb') return 'VIP';
  return roomName(hop.room);
}

function widthOf(hop: Hop, measure: BuildingOptions['measure'], compact: boolean): number {
  const [first, second] = roomLines(hop);
  const text = Math.max(measure(titleOf(hop), 650) * 1.08, measure(first, 400), second.length * 7.2);
  if (hop.room === 'ipvs' && !compact) return Math.max(text + 16, 70) + 72;
  return Math.max(compact ? 48 : 56, text + (compact ? 12 : 16));
}

const inNamespace = new Set(['ingress_sbox', 'lb', 'mark', 'ipvs', 'snat']);

function bandsOf(flow: FlowView, rooms: readonly RoomMark[], addressOf: (machine: string) => string): Band[] {
  const bands: Band[] = [];
  let machineBand: Band | null = null;
  let spaceBand: Band | null = null;
  let before: RoomMark | null = null;
  for (const room of rooms) {
    const sameRow = before !== null && before.box.y === room.box.y;
    if (!sameRow || before!.machine !== room.machine) {
      const address = addressOf(room.machine);
      machineBand = {
        text: `${room.machine || 'outside'}${address ? `  ${address}` : ''}`,
        machine: true,
        box: headOf(room),
      };
      bands.push(machineBand);
      spaceBand = null;
    } else machineBand!.box.w = room.box.x + room.box.w - machineBand!.box.x;
    if (inNamespace.has(room.hop.room)) {
      const isMesh = flow.hops.some((hop) => hop.room === 'ingress_sbox' && hop.machine === room.machine);
      const text = isMesh ? 'ingress_sbox' : `lb-${networkOf(flow, room.hop) ?? 'network'}`;
      if (spaceBand) spaceBand.box.w = room.box.x + room.box.w - spaceBand.box.x;
      else {
        spaceBand = { text, machine: false, box: headOf(room) };
        bands.push(spaceBand);
      }
    } else spaceBand = null;
    before = room;
  }
  return bands;
}

const headOf = ({ box }: RoomMark): Box => ({ x: box.x, y: box.y - BAND, w: box.w, h: BAND });

/** The packet's headers after the hop, with what they were before on the same way. */
export function layCapsule(flow: FlowView, step: number, box: Box): Capsule {
  const hop = flow.hops[step]!;
  const past = flow.hops.slice(0, step + 1).filter((one) => one.way === hop.way && one.room !== 'resolver');
  const older = (end: 'src' | 'dst') => {
    const values: string[] = [];
    for (const one of past)
      for (const header of [one.before, one.after])
        if (header[end] && !values.includes(header[end])) values.push(header[end]);
    return values
      .filter((value) => value !== hop.after[end] && !/:0$/.test(value))
      .reverse()
      .slice(0, 2);
  };
  const capsule = hop.room === 'vxlan' && /unwrapped/.test(hop.rule) ? undefined : hop.encapsulation;
  const esp = capsule?.encrypted ? ` · ESP, SPI 0x${capsule.encrypted.spi}` : '';
  const marked = past.findLast((one) => one.mark !== undefined && one.machine === hop.machine);
  const isMarked = marked?.mark !== undefined && ['mark', 'ipvs', 'snat'].includes(hop.room) && hop.way === 'out';
  return {
    box,
    from: hop.after.src,
    to: hop.after.dst,
    oldFrom: older('src'),
    oldTo: older('dst'),
    protocol: hop.after.protocol.toUpperCase(),
    mark: isMarked ? `0x${marked.mark!.toString(16)}` : '',
    caption: captionOf(hop),
    back: hop.way === 'back',
    outer: capsule
      ? {
          left: `${capsule.outerSrc} → ${capsule.outerDst}:${capsule.port}`,
          right: `UDP ${capsule.port} · VNI ${capsule.vni} · room for ${capsule.mtu} bytes${esp}`,
          encrypted: capsule.encrypted !== null,
        }
      : null,
    note: hop.result === 'dropped' ? `dropped: ${hop.reason ?? ''}` : '',
  };
}

/** The hop of the room under a point. */
export function roomAt(building: Building, x: number, y: number): number | null {
  const room = building.rooms.find(({ box }) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h);
  return room?.step ?? null;
}
