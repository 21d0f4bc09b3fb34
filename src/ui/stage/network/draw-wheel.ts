/**
 * A load balancer as a wheel: a wedge per destination in the order of its round robin, the pointer on the one chosen last. A wedge of weight 0 is
 * hatched; one that the machine still holds, though nobody is there any more, is crossed out; one that it has not heard of yet is a dotted rim.
 */
import type { BalancerView } from '../../../protocol/network-view.ts';
import type { Identity } from '../../look/identity.ts';
import { drawCross } from '../draw-glyphs.ts';
import type { Point } from '../scene.ts';
import { type Brush, drawText, type StageLook } from '../stage-look.ts';
import type { Gap } from './gossip-gap.ts';

export interface WheelLook {
  service: Identity;
  at: Point;
  radius: number;
  /** Endpoint chosen last. */
  pointer: string | null;
  gap?: Gap | undefined;
}

/** Larger wheels have the slots' numbers. */
const NUMBERED = 22;

export function drawWheel(
  brush: Brush,
  look: StageLook,
  destinations: readonly Pick<BalancerView['destinations'][number], 'endpoint' | 'name' | 'address' | 'weight'>[],
  { service, at, radius, pointer, gap }: WheelLook,
): void {
  const { palette } = look;
  brush.beginPath();
  brush.arc(at.x, at.y, radius, 0, Math.PI * 2);
  brush.fillStyle = palette.stage;
  brush.fill();
  const step = (Math.PI * 2) / Math.max(1, destinations.length);
  const middleOf = (index: number, share: number): Point => {
    const angle = -Math.PI / 2 + (index + 0.5) * step;
    const far = destinations.length === 1 ? 0 : radius * share;
    return { x: at.x + Math.cos(angle) * far, y: at.y + Math.sin(angle) * far };
  };
  destinations.forEach(({ endpoint, name, address, weight }, index) => {
    const from = -Math.PI / 2 + index * step;
    const isLast = endpoint === pointer;
    const isStale = gap?.stale.has(endpoint) ?? false;
    brush.beginPath();
    if (destinations.length > 1) brush.moveTo(at.x, at.y);
    brush.arc(at.x, at.y, radius, from, from + step);
    brush.closePath();
    brush.fillStyle = isLast && !isStale ? service.fill : palette.stage;
    brush.fill();
    if (weight === 0) {
      // No pointer stops here any more. On a small wheel lines alone could not be seen.
      brush.globalAlpha = 0.35;
      brush.fillStyle = palette.nodeEdge;
      brush.fill();
      brush.globalAlpha = 1;
      brush.fillStyle = look.hatch;
      brush.fill();
    }
    brush.strokeStyle = service.edge;
    brush.lineWidth = 1;
    brush.setLineDash(isStale ? [2, 2] : []);
    brush.stroke();
    brush.setLineDash([]);
    if (radius >= NUMBERED && destinations.length <= 12) {
      const place = middleOf(index, 0.68);
      drawText(brush, wedgeText(name, address), place.x, place.y + 4, {
        size: 12,
        weight: isLast ? 700 : 400,
        color: isLast && !isStale ? service.ink : palette.t2,
        align: 'center',
      });
    }
    if (isStale) {
      const place = middleOf(index, 0.62);
      drawCross(brush, place.x, place.y, Math.max(6, radius * 0.5), palette.t1, palette.stage, radius > 14 ? 2.4 : 1.8);
    }
  });
  brush.beginPath();
  brush.arc(at.x, at.y, radius, 0, Math.PI * 2);
  brush.strokeStyle = service.edge;
  brush.lineWidth = 1.5;
  brush.setLineDash(destinations.length === 0 ? [2, 2] : []);
  brush.stroke();
  brush.setLineDash([]);
  if (gap && gap.missing.length > 0) drawMissing(brush, look, at, radius, gap.missing.length);
  drawPointer(
    brush,
    service,
    destinations.findIndex(({ endpoint }) => endpoint === pointer),
    step,
    at,
    radius,
  );
}

function drawPointer(brush: Brush, service: Identity, index: number, step: number, at: Point, radius: number): void {
  if (index < 0) return;
  const angle = -Math.PI / 2 + (index + 0.5) * step;
  brush.beginPath();
  brush.moveTo(at.x, at.y);
  brush.lineTo(at.x + Math.cos(angle) * radius * 0.44, at.y + Math.sin(angle) * radius * 0.44);
  brush.strokeStyle = service.ink;
  brush.lineWidth = radius >= NUMBERED ? 3 : 2;
  brush.lineCap = 'round';
  brush.stroke();
  brush.lineCap = 'butt';
}

/** Tasks that this machine has not heard of: beyond the rim, with their number. */
function drawMissing(brush: Brush, { palette }: StageLook, at: Point, radius: number, count: number): void {
  brush.beginPath();
  brush.arc(at.x, at.y, radius + 3.5, -Math.PI * 0.25, Math.PI * 0.45);
  brush.strokeStyle = palette.t1;
  brush.lineWidth = 1.5;
  brush.setLineDash([2, 2.5]);
  brush.stroke();
  brush.setLineDash([]);
  drawText(brush, `+${count}?`, at.x + radius + 6, at.y + 4, {
    size: 11,
    weight: 700,
    color: palette.t1,
    halo: palette.node,
  });
}

/** `web.3.abc` is 3; a global task has no number: the end of its address. */
function wedgeText(name: string, address: string): string {
  return /\.(\d{1,4})(\.|$)/.exec(name)?.[1] ?? /\.\d+$/.exec(address)?.[0] ?? '';
}
