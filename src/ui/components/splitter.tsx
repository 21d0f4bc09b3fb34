/** The line between two panels: drag it, or focus it and use the arrow keys; a double click puts it back. */
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';

export function Splitter(props: {
  name: string;
  orientation: 'horizontal' | 'vertical';
  /** Pixels of the panel it sizes (below or right of it). */
  value: number;
  min: number;
  max: number;
  onChange: (value: number | null) => void;
  className?: string;
}) {
  const { name, orientation, value, min, max, onChange, className = '' } = props;
  const drag = useRef<{ from: number; value: number } | null>(null);
  const clamp = (wanted: number) => Math.round(Math.min(max, Math.max(min, wanted)));
  const place = (event: PointerEvent) => (orientation === 'horizontal' ? event.clientY : event.clientX);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowUp: 16, ArrowLeft: 16, ArrowDown: -16, ArrowRight: -16 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onChange(clamp(value + step));
  };
  const shape =
    orientation === 'horizontal' ? 'h-2 w-full cursor-row-resize -mt-1' : 'w-2 h-full cursor-col-resize -ml-1';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is a widget; <hr> is not.
    <div
      role="separator"
      tabIndex={0}
      aria-label={name}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={max}
      className={`absolute z-10 touch-none hover:bg-line2/40 ${shape} ${className}`}
      onPointerDown={(event) => {
        drag.current = { from: place(event), value };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (drag.current) onChange(clamp(drag.current.value + drag.current.from - place(event)));
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onDoubleClick={() => onChange(null)}
      onKeyDown={onKeyDown}
    />
  );
}
