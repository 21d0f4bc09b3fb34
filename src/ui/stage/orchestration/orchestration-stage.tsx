/**
 * The Orchestration lens: one service as lanes over time - what fills each slot, through which states, and how an update goes from slot to
 * slot - with the scheduler's last decision beside it. Some dozens of bars: they are SVG, so that each can be pointed at and read.
 */
import { type JSX, type PointerEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { Micros, ObjectRef, TraceEvent } from '../../../protocol/events.ts';
import type { ServiceView } from '../../../protocol/snapshot.ts';
import { axisStep, spanFor } from '../../dock/draw-lanes.ts';
import { Decision } from '../../inspector/decision.tsx';
import { serviceIdentity } from '../../look/identity.ts';
import { timeText } from '../../narrator/time-text.ts';
import { onBeat } from '../../store/frames.ts';
import { useMedia, useThrottled } from '../../store/hooks.ts';
import { splitRef, taskWithId } from '../../store/rows.ts';
import { virtualNow } from '../../store/virtual-now.ts';
import { eventsShown, subscribeToEvents, useWorld } from '../../store/world.ts';
import { type Bar, type Lane, type Mark, type Stretch, slotLanes } from './slot-lanes.ts';

/** Two lines: times, and what was done to the service. */
const AXIS = 46;
const TIMES = 24;
const LEAST_ROW = 20;
const MOST_ROW = 46;
/** More lanes than this are counted, not drawn. */
const MOST_LANES = 60;
const REFRESH_MS = 120;
/** Of the span that the rate gives, so much: what an update does takes longer than what an election does. */
const SPAN_FACTOR = 1.6;

export default function OrchestrationStage(): JSX.Element {
  const service = useShownService();
  const isNarrow = useMedia('(max-width: 1000px)');
  if (!service)
    return (
      <p className="p-5 text-t2">
        No service yet. Its tasks would be seen here, slot by slot:{' '}
        <code className="font-mono">docker service create --name web --replicas 4 nginx</code>
      </p>
    );
  return (
    <section aria-label="Stage" className="flex h-full w-full min-w-0 bg-stage">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        <ServiceChoice service={service} />
        <Lanes key={service.id} service={service} />
        <Legend />
      </div>
      {!isNarrow && <LastDecision service={service} />}
    </section>
  );
}

/** The selected service, or that of the selected task; else the one chosen last, else the first. */
function useShownService(): ServiceView | null {
  const chosen = useRef<string | null>(null);
  return useWorld((state) => {
    const { snapshot, selection } = state;
    if (!snapshot) return null;
    const { kind, id } = selection ? splitRef(selection) : { kind: '', id: '' };
    const wanted = kind === 'service' ? id : kind === 'task' ? taskWithId(snapshot, id)?.serviceId : null;
    if (wanted) chosen.current = wanted;
    return snapshot.services.find((service) => service.id === chosen.current) ?? snapshot.services[0] ?? null;
  });
}

function ServiceChoice({ service }: { service: ServiceView }): JSX.Element {
  const services = useWorld((state) => state.snapshot?.services ?? []);
  const theme = useWorld((state) => state.theme);
  return (
    <div className="flex flex-none flex-wrap items-center gap-2 px-5 py-1 max-[720px]:px-[14px]">
      {services.slice(0, 8).map((one) => (
        <button
          key={one.id}
          type="button"
          aria-pressed={one.id === service.id}
          onClick={() => useWorld.getState().select(`service:${one.id}`)}
          className="inline-flex h-8 items-center gap-2 rounded-control border border-line px-[10px] text-small text-t2 hover:bg-raise aria-pressed:border-t1 aria-pressed:font-[650] aria-pressed:text-t1 max-[720px]:h-11"
        >
          <span
            aria-hidden="true"
            className="size-3 rounded-[2px]"
            style={{ background: serviceIdentity(one.hueIndex, theme).fill }}
          />
          {one.name}
          <span className="font-mono">
            {one.running}/{one.desired}
          </span>
        </button>
      ))}
      {service.updateStatus && (
        <p className="min-w-0 truncate text-small text-t2">
          <b className="font-[650] text-t1">{service.updateStatus.state.replaceAll('_', ' ')}</b>{' '}
          {service.updateStatus.message}
        </p>
      )}
    </div>
  );
}

interface Picture {
  lanes: Lane[];
  marks: Mark[];
  /** Time at the right edge when it was drawn; it slides on from there. */
  now: Micros;
  span: Micros;
}

function Lanes({ service }: { service: ServiceView }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const sliding = useRef<SVGGElement>(null);
  const [size, setSize] = useState({ width: 800, height: 300 });
  const theme = useWorld((state) => state.theme);
  const selection = useWorld((state) => state.selection);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  const read = useCallback(() => pictureOf(service.id), [service.id]);
  const picture = useThrottled(subscribeToPictures, read, REFRESH_MS);

  const labels = size.width < 600 ? 74 : 118;
  const right = 26;
  const width = Math.max(60, size.width - labels - right);
  const perPixel = picture.span / width;
  const shown = picture.lanes.slice(0, MOST_LANES);
  const row = Math.max(LEAST_ROW, Math.min(MOST_ROW, (size.height - AXIS) / Math.max(1, shown.length)));
  const x = (at: Micros) => labels + width - (picture.now - at) / perPixel;
  const height = Math.max(size.height, AXIS + row * shown.length);

  // Between two drawings everything slides to the left with time.
  useEffect(() => {
    const slide = () =>
      sliding.current?.setAttribute('transform', `translate(${-(virtualNow() - picture.now) / perPixel} 0)`);
    slide();
    return onBeat(slide);
  }, [picture, perPixel]);

  const look = serviceIdentity(service.hueIndex, theme);
  const selected = selection ? splitRef(selection) : null;
  return (
    <div ref={place} className="relative min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
      <svg
        width={size.width}
        height={height}
        role="img"
        aria-label={`Slots of ${service.name} over the last ${Math.round(picture.span / 1e6)} seconds`}
        className="block"
      >
        <defs>
          <clipPath id="lanes-time">
            <rect x={labels} y={0} width={width} height={height} />
          </clipPath>
          <pattern id="stopping-lines" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0V6" stroke={look.edge} strokeWidth="3" />
          </pattern>
        </defs>
        {shown.map((lane, index) => (
          <path key={lane.key} d={`M0 ${AXIS + row * (index + 1)}H${size.width}`} stroke="var(--line)" />
        ))}
        <g clipPath="url(#lanes-time)">
          <g ref={sliding}>
            <Axis x={x} picture={picture} width={width} height={height} />
            {shown.map((lane, index) => (
              <g key={lane.key} transform={`translate(0 ${AXIS + row * index})`}>
                {lane.bars.map((bar) => (
                  <TaskBar
                    key={bar.task}
                    bar={bar}
                    lane={lane}
                    row={row}
                    x={x}
                    edge={labels + width + 400}
                    look={look}
                    isSelected={selected?.kind === 'task' && selected.id === bar.task}
                  />
                ))}
              </g>
            ))}
          </g>
        </g>
        <path d={`M${labels + width} ${TIMES - 6}V${height}`} stroke="var(--t1)" strokeWidth="2" />
      </svg>
      <div className="absolute left-0" style={{ top: AXIS }}>
        {shown.map((lane) => (
          <LaneLabel key={lane.key} lane={lane} row={row} width={labels - 4} />
        ))}
      </div>
      {picture.lanes.length > MOST_LANES && (
        <p className="px-5 py-2 text-small text-t2">and {picture.lanes.length - MOST_LANES} more</p>
      )}
    </div>
  );
}

/** Time passes, events come: both make another picture. */
function subscribeToPictures(listener: () => void): () => void {
  const stopEvents = subscribeToEvents(listener);
  const stopBeat = onBeat(listener);
  return () => {
    stopEvents();
    stopBeat();
  };
}

let last: { key: string; picture: Picture } | null = null;

/** A new one only when something has happened or a good part of what is shown has gone by. */
function pictureOf(serviceId: string): Picture {
  const state = useWorld.getState();
  const { snapshot, time, eventsVersion, worldNumber } = state;
  const now = virtualNow();
  const span = spanFor(time.rate) * SPAN_FACTOR;
  const page = Math.floor(now / (span / 24));
  const key = `${serviceId} ${eventsVersion} ${worldNumber} ${time.newest} ${snapshot?.eventCount} ${span} ${page}`;
  if (last?.key === key) return last.picture;
  const service = snapshot?.services.find(({ id }) => id === serviceId);
  const lanes =
    snapshot && service ? slotLanes(snapshot, service, eventsShown(state), now - span) : { lanes: [], marks: [] };
  last = { key, picture: { ...lanes, now, span } };
  return last.picture;
}

function Axis(props: { x: (at: Micros) => number; picture: Picture; width: number; height: number }): JSX.Element {
  const { x, picture, width, height } = props;
  const { step, decimals } = axisStep(picture.span, width);
  const ticks: Micros[] = [];
  // A little beyond the right edge: it slides in before the next drawing.
  for (
    let at = Math.max(0, Math.ceil((picture.now - picture.span) / step) * step);
    at <= picture.now + step;
    at += step
  )
    ticks.push(at);
  return (
    <>
      {ticks.map((at) => (
        <g key={at}>
          <path d={`M${x(at)} ${TIMES - 5}V${height}`} stroke="var(--line)" />
          <text x={x(at)} y={12} textAnchor="middle" fontSize="12" fontFamily="var(--mono)" fill="var(--t2)">
            {timeText(at, decimals)}
          </text>
        </g>
      ))}
      {joined(picture.marks, picture.span / width).map((mark) => (
        <g key={mark.event}>
          <path d={`M${x(mark.at)} ${TIMES}V${height}`} stroke="var(--t1)" strokeWidth="1.25" strokeDasharray="2 3" />
          <text x={x(mark.at) + 5} y={TIMES + 13} fontSize="12" fontWeight="650" fill="var(--t1)">
            {mark.text}
          </text>
        </g>
      ))}
    </>
  );
}

/** Marks whose words would stand on each other are one mark with both. */
function joined(marks: readonly Mark[], perPixel: number): Mark[] {
  const result: Mark[] = [];
  for (const mark of marks) {
    const before = result.at(-1);
    if (before && (mark.at - before.at) / perPixel < before.text.length * 7 + 12) before.text += `, ${mark.text}`;
    else result.push({ ...mark });
  }
  return result;
}

/** Also the keyboard's way to the lane's newest task. */
function LaneLabel({ lane, row, width }: { lane: Lane; row: number; width: number }): JSX.Element {
  const task = lane.bars.at(-1)?.task;
  return (
    <button
      type="button"
      aria-label={laneText(lane)}
      title={lane.label}
      onClick={() => task && useWorld.getState().select(`task:${task}`)}
      className={`relative block truncate pl-[14px] text-left text-[13px] hover:bg-raise ${
        lane.isChanging
          ? 'font-[650] before:absolute before:inset-y-1 before:left-1 before:w-[5px] before:border-2 before:border-r-0 before:border-t1'
          : ''
      }`}
      style={{ height: row, width }}
    >
      {lane.label}
    </button>
  );
}

/** A lane in words. */
function laneText(lane: Lane): string {
  const parts = lane.bars.map((bar) => {
    const state = bar.end?.state ?? bar.stretches.at(-1)?.state ?? 'new';
    return `${state}${bar.machine ? ` on ${bar.machine}` : ''}`;
  });
  return `${lane.label}: ${parts.join(', then ')}`;
}

interface BarProps {
  bar: Bar;
  lane: Lane;
  row: number;
  x: (at: Micros) => number;
  /** How far what goes on is drawn. */
  edge: number;
  look: ReturnType<typeof serviceIdentity>;
  isSelected: boolean;
}

function TaskBar({ bar, lane, row, x, edge, look, isSelected }: BarProps): JSX.Element {
  const isShared = lane.bars.some(({ isBeside }) => isBeside);
  const height = isShared ? row / 2 - 3 : Math.min(row - 8, 28);
  const y = isShared ? (bar.isBeside ? row / 2 + 1 : 2) : (row - height) / 2;
  const ref: ObjectRef = `task:${bar.task}`;
  const first = bar.stretches[0];
  const left = first ? x(first.from) : 0;
  const right = bar.end ? x(bar.end.at) : edge;
  const running = bar.stretches.find(({ phase }) => phase === 'running');
  const textX = Math.max(x(running?.from ?? first?.from ?? 0), 0) + 6;
  const onPointer = (isOver: boolean) => (_: PointerEvent) => useWorld.getState().setHover(isOver ? ref : null);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the lane's label does the same by keyboard.
    <g
      onClick={() => useWorld.getState().select(ref)}
      onPointerEnter={onPointer(true)}
      onPointerLeave={onPointer(false)}
      className="cursor-pointer"
    >
      <title>{barText(bar)}</title>
      {bar.stretches.map((stretch) => (
        <Part
          key={stretch.from}
          stretch={stretch}
          x={x}
          edge={edge}
          y={y}
          height={height}
          look={look}
          isNew={bar.isNew}
        />
      ))}
      {running && bar.machine && height >= 11 && (
        <text x={textX} y={y + height / 2 + 0.5} dominantBaseline="middle" fontSize="12" fill={look.ink}>
          {bar.machine}
        </text>
      )}
      {bar.end && <EndMark state={bar.end.state} x={right} y={y + height / 2} />}
      {isSelected && (
        <rect
          x={left - 3}
          y={y - 2.5}
          width={Math.max(6, right - left + 6)}
          height={height + 5}
          fill="none"
          stroke="var(--t1)"
          strokeWidth="2"
        />
      )}
    </g>
  );
}

function Part(props: {
  stretch: Stretch;
  x: (at: Micros) => number;
  edge: number;
  y: number;
  height: number;
  look: BarProps['look'];
  isNew: boolean;
}): JSX.Element {
  const { stretch, x, edge, y, height, look, isNew } = props;
  const left = x(stretch.from);
  const width = Math.max(1, (stretch.to === null ? edge : x(stretch.to)) - left);
  const common = { x: left, width };
  switch (stretch.phase) {
    case 'planned':
      return (
        <rect
          {...common}
          y={y}
          height={height}
          fill="var(--stage)"
          stroke={look.edge}
          strokeWidth="1.25"
          strokeDasharray="3 3"
        />
      );
    case 'working':
      return (
        <>
          <rect {...common} y={y} height={height} fill="var(--stage)" stroke={look.edge} strokeWidth="1.5" />
          <rect {...common} y={y + height - 5} height={5} fill={look.fill} />
        </>
      );
    case 'running':
      return (
        <rect
          {...common}
          y={y}
          height={height}
          fill={look.fill}
          stroke={look.edge}
          strokeWidth="1.25"
          opacity={isNew ? 1 : 0.55}
        />
      );
    case 'stopping':
      return (
        <>
          <rect {...common} y={y} height={height} fill="var(--stage)" stroke={look.edge} strokeWidth="1.25" />
          <rect {...common} y={y} height={height} fill="url(#stopping-lines)" opacity="0.6" />
        </>
      );
  }
}

/** ✕ failed, ⃠ rejected, ✓ complete, ■ stopped. */
function EndMark({ state, x, y }: { state: string; x: number; y: number }): JSX.Element {
  const common = { stroke: 'var(--t1)', strokeWidth: 2, fill: 'none' };
  if (state === 'failed' || state === 'orphaned') return <path d={`M${x - 4} ${y - 4}l8 8m0 -8l-8 8`} {...common} />;
  if (state === 'rejected')
    return (
      <>
        <circle cx={x} cy={y} r="4.5" {...common} />
        <path d={`M${x - 3} ${y - 3}l6 6`} {...common} />
      </>
    );
  if (state === 'complete') return <path d={`M${x - 4} ${y}l3 4l6 -8`} {...common} />;
  return <rect x={x - 3.5} y={y - 3.5} width="7" height="7" fill="var(--t1)" />;
}

function barText({ machine, stretches, end, why }: Bar): string {
  const state = end ? `${end.state} at ${timeText(end.at, 1)}` : (stretches.at(-1)?.state ?? 'new');
  const from = stretches[0] ? ` since ${timeText(stretches[0].from, 1)}` : '';
  return `${state}${machine ? ` on ${machine}` : ''}${end ? '' : from}${why ? `: ${why}` : ''}`;
}

function Legend(): JSX.Element {
  return (
    <p className="line-clamp-2 flex-none px-5 py-1 text-caption text-t2 max-[720px]:px-[14px]">
      Dashed: planned. Hollow: the agent works on it. Full: runs; pale: from before the last change. Hatched: wanted
      down. Bracket: in progress. ✕ failed, ■ stopped, ✓ complete.
    </p>
  );
}

/** The scheduler's newest receipt for this service. */
function LastDecision({ service }: { service: ServiceView }): JSX.Element {
  const read = useCallback(() => newestDecision(service.id), [service.id]);
  const event = useThrottled(subscribeToEvents, read, REFRESH_MS);
  return (
    <aside aria-label="The scheduler" className="w-[300px] flex-none overflow-y-auto border-l border-line px-4 py-2">
      <h3 className="text-lens font-[650]">The scheduler</h3>
      {event ? (
        <>
          <p className="mt-1 text-small text-t2">
            At {timeText(event.at, 2)} it looked for a machine for{' '}
            <button
              type="button"
              className="underline decoration-dotted underline-offset-2 hover:text-t1"
              onClick={() => useWorld.getState().select(`event:${event.id}`)}
            >
              a task of {service.name}
            </button>
            {event.kind === 'scheduler.unfit' ? ` and found none: ${String(event.data?.error ?? '')}` : '.'}
          </p>
          <Decision event={event} />
        </>
      ) : (
        <p className="mt-1 text-small text-t2">It has placed nothing of {service.name} that is still remembered.</p>
      )}
    </aside>
  );
}

function newestDecision(serviceId: string): TraceEvent | null {
  const events = eventsShown(useWorld.getState());
  const ref: ObjectRef = `service:${serviceId}`;
  return (
    events.findLast(
      ({ kind, objects }) => (kind === 'scheduler.decision' || kind === 'scheduler.unfit') && objects.includes(ref),
    ) ?? null
  );
}
