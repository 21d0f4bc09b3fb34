/**
 * Paints load generators over the city: requests as lines from the client to the doors, as thick as they are many, answers as stems of the
 * stations, failures as crosses where they died. Counts stand beside them; the legend is in words under the stage.
 */
import type { LoadFailure } from '../../../protocol/network-view.ts';
import { drawCross } from '../draw-glyphs.ts';
import type { Point } from '../scene.ts';
import { type Brush, drawText, forgetFont, type StageLook } from '../stage-look.ts';
import type { City } from './city-layout.ts';
import { cutX } from './city-way.ts';
import type { CityInk } from './draw-city.ts';
import { loadWidth, type MeteredLoad, rateText } from './load-meter.ts';

export function drawLoads(ink: CityInk, city: City, loads: readonly MeteredLoad[]): void {
  const { brush } = ink;
  brush.save();
  brush.beginPath();
  brush.rect(city.view.x, city.view.y, city.view.w, city.view.h);
  brush.clip();
  for (const load of loads) drawLoad(ink, city, load);
  brush.restore();
  forgetFont(brush);
}

function drawLoad({ brush, look, measure }: CityInk, city: City, { load, answers, failures }: MeteredLoad): void {
  const { palette } = look;
  const doors = load.targets.flatMap(({ host, port }) => doorOf(city, host, port) ?? []);
  const perDoor = load.perSecond / Math.max(1, load.targets.length);
  // Where machines stand close together, words of one would lie on the next.
  const isNarrow = (city.districts[0]?.box.w ?? 0) < 64;
  if (load.running) {
    if (isNarrow)
      drawText(brush, `${rateText(load.perSecond)} in all`, city.view.x + 2, city.street + 2, {
        size: 12,
        weight: 700,
        color: palette.t1,
        halo: palette.stage,
      });
    for (const door of doors) {
      brush.fillStyle = palette.t1;
      const width = loadWidth(perDoor);
      brush.fillRect(door.x - width / 2, city.street - 8, width, Math.max(4, door.y - city.street + 8));
      if (isNarrow) continue;
      const isLast = door.x + 50 > city.view.x + city.view.w;
      drawText(brush, rateText(perDoor), door.x + (isLast ? -10 : 10), city.street + 2, {
        size: 12,
        weight: 700,
        color: palette.t1,
        halo: palette.stage,
        align: isLast ? 'right' : 'left',
      });
    }
    for (const station of city.stations) {
      const rate = answers.get(station.container);
      const rail = city.rails.find(({ ingress }) => ingress);
      if (rate === undefined || !rail) continue;
      if (station.box.w < 8) continue;
      const width = loadWidth(rate);
      const x = station.box.x + station.box.w / 2;
      brush.fillStyle = palette.t1;
      brush.fillRect(x - width / 2, rail.y, width, station.box.y - rail.y);
    }
  }
  const room = { right: city.view.x + city.view.w, taken: [] as Point[] };
  const port = load.targets[0]?.port ?? 0;
  const found = gathered(city, port, failures, doors[0]);
  for (const { failure, place } of found) {
    if (isNarrow) drawCross(brush, place.x, place.y, 9, palette.t1, palette.stage, 2.2);
    else drawFailure(brush, look, measure, place, failure, room);
  }
  if (isNarrow && found.length > 0) {
    const words = [...new Set(found.map(({ failure }) => failure.reason))].join(', ');
    drawText(brush, `✕ ${load.failed} failed: ${words}`, city.view.x + 8, city.street + 44, {
      size: 13,
      weight: 650,
      color: palette.t1,
      halo: palette.stage,
    });
  }
}

/** Failures of one cause at one place are one. */
function gathered(
  city: City,
  port: number,
  failures: readonly LoadFailure[],
  otherwise: Point | undefined,
): { failure: LoadFailure; place: Point }[] {
  const found = new Map<string, { failure: LoadFailure; place: Point }>();
  for (const failure of failures) {
    const place = placeOf(city, port, failure) ?? otherwise;
    if (!place) continue;
    const key = `${failure.reason} ${Math.round(place.x)} ${Math.round(place.y)}`;
    const before = found.get(key);
    const count = failure.count + (before?.failure.count ?? 0);
    found.set(key, { failure: { ...failure, count }, place });
  }
  return [...found.values()];
}

/** Below the street, at the door of a port. */
function doorOf(city: City, host: string, port: number): Point | undefined {
  const own = city.doors.find((door) => door.machine === host && door.port === port);
  if (own) return { x: own.box.x + own.box.w / 2, y: own.box.y };
  const district = city.districts.find(({ name }) => name === host);
  return district && { x: district.balancerX, y: district.box.y };
}

function placeOf(city: City, port: number, { machine, room, detail }: LoadFailure): Point | undefined {
  const district = city.districts.find(({ name }) => name === machine);
  if (!district) return undefined;
  const ingress = city.rails.find((rail) => rail.ingress);
  const door = doorOf(city, machine, port);
  const wheel = city.wheels.find(
    ({ balancer }) => balancer.machine === machine && balancer.ports.some(({ published }) => published === port),
  );
  switch (room) {
    case 'wire': {
      // The trouble names the machine at which it ends; all that is sent there dies in front of it.
      const other = city.districts.find(({ name }) => name !== machine && detail.split(/[ :,]+/).includes(name));
      const x = cutX(city, other ? '' : machine, other?.name ?? '', detail);
      return x === null ? undefined : { x, y: ingress?.y ?? city.street };
    }
    case 'ipvs':
    case 'mark':
    case 'snat':
    case 'lb':
      return wheel ?? door;
    case 'task':
    case 'app':
    case 'bridge':
    case 'vxlan':
      return { x: district.balancerX, y: (ingress?.y ?? district.box.y) + 24 };
    default:
      return door;
  }
}

/** A cross, how many, and why. Crosses at one place stand one under the other. */
function drawFailure(
  brush: Brush,
  { palette }: StageLook,
  measure: CityInk['measure'],
  place: Point,
  { reason, count }: LoadFailure,
  { right, taken }: { right: number; taken: Point[] },
): void {
  const above = taken.filter(({ x, y }) => Math.abs(x - place.x) < 90 && Math.abs(y - place.y) < 8).length;
  taken.push(place);
  const y = place.y + above * 20;
  const words = `${count} ${reason}`;
  const isLeft = place.x + 14 + measure(words, 12.5, 650) > right;
  drawCross(brush, place.x, y, 13, palette.t1, palette.stage, 3);
  drawText(brush, words, place.x + (isLeft ? -12 : 12), y + 17, {
    size: 12.5,
    weight: 650,
    color: palette.t1,
    halo: palette.stage,
    align: isLeft ? 'right' : 'left',
  });
}
