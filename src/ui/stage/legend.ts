/**
 * The legend at the foot of the stage: each service with swatch, name, running/wanted, a small square per wanted task, and in words how
 * many are still coming. It does not zoom. What does not fit in its lines is counted.
 */
import type { ServiceView } from '../../protocol/snapshot.ts';
import type { LayoutOptions } from './layout.ts';
import { COMPACT_WIDTH } from './places.ts';
import type { Legend, LegendItem, ServiceMark } from './scene.ts';

const MOST_PIPS = 12;
/** Around an entry, for the ring of a selection. */
const MARGIN = 4;

export function layLegend(
  services: readonly ServiceView[],
  marks: Map<string, ServiceMark>,
  { width, height, measure }: LayoutOptions,
): Legend {
  const compact = width < COMPACT_WIDTH;
  const pad = compact ? 12 : 20;
  const size = compact ? 14 : 15;
  const lineHeight = compact ? 26 : 30;
  if (services.length === 0) {
    const h = compact ? 8 : 16;
    return { box: { x: 0, y: height - h, w: width, h }, items: [], more: null };
  }
  const ordered = [...services].sort((a, b) => a.hueIndex - b.hueIndex);
  const mostLines = height < 320 || compact ? 1 : 2;
  const tries = (compact ? (['plain'] as const) : (['full', 'words', 'plain'] as const)).map((detail) =>
    tryLines(ordered, marks, width, pad, size, lineHeight, detail, measure),
  );
  const plain = tries.find((one) => one.lines === 1) ?? tries.at(-1)!;
  const lines = Math.min(plain.lines, mostLines);
  let shown = plain.items.filter((item) => item.line < lines);
  let more: Legend['more'] = null;
  const foot = compact ? 6 : 8;
  const h = lines * lineHeight + foot;
  const top = height - h;
  if (shown.length < ordered.length) {
    const textOf = (count: number) => `${count} more`;
    let right = width - pad;
    while (shown.length > 1) {
      const last = shown.at(-1)!;
      const left = last.item.box.x + last.item.box.w + 12;
      if (left + measure(textOf(ordered.length - shown.length), size, 400) <= right) {
        right = left;
        break;
      }
      shown = shown.slice(0, -1);
    }
    const text = textOf(ordered.length - shown.length);
    const last = shown.at(-1)!;
    more = {
      text,
      at: { x: last.item.box.x + last.item.box.w + 12, y: top + last.line * lineHeight + lineHeight * 0.66 },
    };
  }
  for (const { item, line } of shown) moveDown(item, top + line * lineHeight);
  return { box: { x: 0, y: top, w: width, h }, items: shown.map(({ item }) => item), more };
}

/** Small squares and words; words only; counts only. */
type Detail = 'full' | 'words' | 'plain';

interface Placed {
  item: LegendItem;
  line: number;
}

function tryLines(
  services: readonly ServiceView[],
  marks: Map<string, ServiceMark>,
  width: number,
  pad: number,
  size: number,
  lineHeight: number,
  detail: Detail,
  measure: LayoutOptions['measure'],
): { items: Placed[]; lines: number } {
  const gap = detail === 'plain' && width < COMPACT_WIDTH ? 10 : 26;
  const items: Placed[] = [];
  let x = pad;
  let line = 0;
  for (const service of services) {
    const mark = marks.get(service.id)!;
    const item = layItem(service, mark, x, size, lineHeight, detail, measure);
    if (x > pad && x + item.box.w - 2 * MARGIN > width - pad) {
      line += 1;
      x = pad;
      items.push({ item: layItem(service, mark, x, size, lineHeight, detail, measure), line });
    } else items.push({ item, line });
    x += item.box.w - 2 * MARGIN + gap;
  }
  return { items, lines: line + 1 };
}

function layItem(
  service: ServiceView,
  mark: ServiceMark,
  left: number,
  size: number,
  lineHeight: number,
  detail: Detail,
  measure: LayoutOptions['measure'],
): LegendItem {
  const base = lineHeight * 0.5 + size * 0.35;
  const swatch = { x: left, y: lineHeight / 2 - 7, w: 14, h: 14 };
  const nameAt = { x: left + (detail === 'plain' ? 19 : 21), y: base };
  const countAt = { x: nameAt.x + measure(service.name, size, 650) + (detail === 'plain' ? 5 : 8), y: base };
  const countWeight = detail === 'plain' ? 400 : 650;
  // Room is kept by what is wanted, not by what runs, so that the legend does not jump while tasks come and go.
  const widest = `${service.desired}/${service.desired}`;
  let end = countAt.x + measure(widest, size, countWeight);
  let pips: LegendItem['pips'] = null;
  let words: LegendItem['words'] = null;
  const text = detail === 'plain' ? '' : comingWords(service);
  if (detail === 'full') {
    const count = Math.max(service.desired, service.running);
    if (count > 0 && count <= MOST_PIPS) {
      pips = { at: { x: end + 10, y: lineHeight / 2 - 5 }, side: 10, pitch: 12 };
      end = pips.at.x + service.desired * 12 - 2;
    }
  }
  const kept = end + (detail === 'plain' ? 0 : 8 + measure('2 coming', 13, 400));
  if (text) {
    words = { text, at: { x: end + 8, y: base } };
    end = words.at.x + measure(text, 13, 400);
  }
  end = Math.max(end, kept);
  return {
    ref: `service:${service.id}`,
    service: mark,
    running: service.running,
    desired: service.desired,
    box: { x: left - MARGIN, y: 3, w: end - left + 2 * MARGIN, h: lineHeight - 6 },
    swatch,
    nameAt,
    countAt,
    pips,
    words,
    size,
    countWeight,
  };
}

/** What the counts say in words. */
export function comingWords(service: Pick<ServiceView, 'desired' | 'running' | 'updateStatus' | 'mode'>): string {
  if (service.updateStatus && service.updateStatus.state !== 'completed')
    return service.updateStatus.state.replaceAll('_', ' ');
  if (service.running < service.desired) return `${service.desired - service.running} coming`;
  if (service.running > service.desired && !service.mode.endsWith('job'))
    return `${service.running - service.desired} going`;
  return '';
}

function moveDown(item: LegendItem, by: number): void {
  item.box.y += by;
  item.swatch.y += by;
  item.nameAt.y += by;
  item.countAt.y += by;
  if (item.pips) item.pips.at.y += by;
  if (item.words) item.words.at.y += by;
}
