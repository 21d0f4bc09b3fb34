/** What pointer, wheel and fingers do on the stage: pan and zoom by d3, hover, selection, menu, terminal. Comes after the first picture. */
import { select } from 'd3-selection';
import { type D3ZoomEvent, type ZoomBehavior, zoom, zoomIdentity } from 'd3-zoom';
import type { ObjectRef } from '../../protocol/events.ts';
import { usePanels } from '../store/panels.ts';
import { splitRef } from '../store/rows.ts';
import { useWorld } from '../store/world.ts';
import type { StagePainter } from './stage-painter.ts';

const LONG_PRESS_MS = 500;
/** Fingers are wider than a pointer. */
const TOUCH_SLACK = 8;

export interface PointerBinding {
  reset(): void;
  unbind(): void;
}

/** Pan and zoom by d3, selection, hover, menu and terminal by pointer. */
export function bindPointer(
  element: HTMLElement,
  painter: StagePainter,
  onZoom: (zoomed: boolean) => void,
): PointerBinding {
  const behavior = zoomOver(painter, onZoom);
  const host = select(element);
  host.call(behavior).on('dblclick.zoom', null);
  const world = () => useWorld.getState();
  const refAt = (event: MouseEvent, slack = 0) => {
    const box = element.getBoundingClientRect();
    return painter.at(event.clientX - box.left, event.clientY - box.top, slack);
  };
  const onCanvas = (event: Event) => event.target instanceof HTMLCanvasElement;
  const cancel = new AbortController();
  const on = <Kind extends keyof HTMLElementEventMap>(kind: Kind, handle: (event: HTMLElementEventMap[Kind]) => void) =>
    // Touches are caught on their way down: d3-zoom lets none pass.
    element.addEventListener(kind, handle, { signal: cancel.signal, capture: kind.startsWith('touch') });

  let press: ReturnType<typeof setTimeout> | null = null;
  let pressedLong = false;
  const endPress = () => {
    if (press !== null) clearTimeout(press);
    press = null;
  };
  on('pointermove', (event) => {
    if (event.pointerType === 'touch' || event.buttons !== 0) return;
    const ref = onCanvas(event) ? refAt(event) : null;
    element.style.cursor = ref === null ? '' : 'pointer';
    world().setHover(ref);
  });
  on('pointerleave', () => world().setHover(null));
  on('click', (event) => {
    if (!onCanvas(event) || event.defaultPrevented) return;
    if (pressedLong) {
      pressedLong = false;
      return;
    }
    world().select(refAt(event, event instanceof PointerEvent && event.pointerType === 'touch' ? TOUCH_SLACK : 2));
  });
  on('contextmenu', (event) => {
    if (!onCanvas(event)) return;
    const ref = refAt(event, 2);
    if (ref === null) return;
    event.preventDefault();
    world().openMenu(ref, event.clientX, event.clientY);
  });
  on('dblclick', (event) => {
    const ref = onCanvas(event) ? refAt(event) : null;
    if (ref === null) return;
    const machine = machineOf(ref);
    if (machine !== null) usePanels.getState().set({ terminalHost: machine, terminalFolded: false });
  });
  on('touchstart', (event) => {
    const touch = event.touches[0];
    pressedLong = false;
    endPress();
    if (event.touches.length !== 1 || !touch || !onCanvas(event)) return;
    const box = element.getBoundingClientRect();
    const ref = painter.at(touch.clientX - box.left, touch.clientY - box.top, TOUCH_SLACK);
    if (ref === null) return;
    press = setTimeout(() => {
      pressedLong = true;
      world().openMenu(ref, touch.clientX, touch.clientY);
    }, LONG_PRESS_MS);
  });
  on('touchmove', endPress);
  on('touchend', endPress);
  on('touchcancel', endPress);
  return {
    reset: () => behavior.transform(host, zoomIdentity),
    unbind() {
      cancel.abort();
      endPress();
      host.on('.zoom', null);
    },
  };
}

/** The host whose terminal a double click opens. */
function machineOf(ref: ObjectRef): string | null {
  const { kind, id } = splitRef(ref);
  return kind === 'machine' ? id : null;
}

function zoomOver(painter: StagePainter, onZoom: (zoomed: boolean) => void): ZoomBehavior<HTMLElement, unknown> {
  return zoom<HTMLElement, unknown>()
    .scaleExtent([1, 12])
    .extent(() => [
      [0, 0],
      [painter.width, painter.height],
    ])
    .translateExtent([
      [0, 0],
      [1, 1],
    ])
    .constrain((transform) => {
      // The world never leaves the stage.
      const { k } = transform;
      const x = Math.min(0, Math.max(painter.width * (1 - k), transform.x));
      const y = Math.min(0, Math.max(painter.height * (1 - k), transform.y));
      return zoomIdentity.translate(x, y).scale(k);
    })
    .clickDistance(5)
    .filter((event: Event) => {
      if (!(event.target instanceof HTMLCanvasElement)) return false;
      if (event instanceof MouseEvent && event.button !== 0) return false;
      return !(event instanceof WheelEvent) || event.cancelable;
    })
    .on('zoom', ({ transform }: D3ZoomEvent<HTMLElement, unknown>) => {
      painter.setView({ k: transform.k, x: transform.x, y: transform.y });
      onZoom(transform.k > 1.001);
    });
}
