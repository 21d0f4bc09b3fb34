/** Virtual time and what can be done with it: pause, step, speed; and why it runs slower than asked. */
import { ChevronsRight, OctagonPause, Pause, Play, SkipBack, StepBack, StepForward, X } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef } from 'react';
import {
  lookAt,
  lookNow,
  positionOf,
  setAutoSlow,
  setSpeed,
  speedAt,
  stepToNextEvent,
  stopAt,
  togglePlaying,
} from '../actions/time-control.ts';
import { IconButton } from '../components/icon-button.tsx';
import { decimalsFor, rateText, timeText } from '../narrator/time-text.ts';
import { onBeat } from '../store/frames.ts';
import { virtualNow } from '../store/virtual-now.ts';
import { useWorld, wantedTime } from '../store/world.ts';

/** Only who has acted at an earlier moment needs it. */
const BranchPicker = lazy(async () => ({ default: (await import('./branches.tsx')).BranchPicker }));

export function Transport() {
  return (
    <div className="flex h-11 flex-none items-center gap-[6px] px-4">
      <CommandBackButton className="size-8" />
      <BackButton className="size-8" />
      <PlayButton className="h-8 w-10" />
      <StepButton className="size-8" />
      <NowButton className="size-8" />
      {/* As wide as at the slowest speed: the slider must not move under the hand that pulls it. */}
      <Clock leastDigits={10} className="mr-[6px] ml-[14px]" />
      <Rate />
      <SpeedSlider />
      <Moment />
      <Stops />
      <Branches />
    </div>
  );
}

function Branches() {
  const hasSome = useWorld((state) => state.branches.length > 1);
  return hasSome ? (
    <Suspense fallback={null}>
      <BranchPicker />
    </Suspense>
  ) : null;
}

/** What time stops at, and what it has stopped at. A click takes a condition away. */
function Stops() {
  const stops = useWorld((state) => state.stops);
  const stopped = useWorld((state) => state.stopped?.condition);
  if (stops.length === 0) return null;
  return (
    <ul aria-label="Time stops when" className="ml-3 flex min-w-0 flex-none items-center gap-2 text-small">
      {stops.slice(0, SHOWN_STOPS).map((condition) => (
        <li key={condition}>
          <button
            type="button"
            title="Time stops at this; click to let it go"
            onClick={() => void stopAt(stops.filter((other) => other !== condition))}
            className={`inline-flex h-7 items-center gap-[6px] rounded-control border px-2 hover:bg-raise ${
              condition === stopped ? 'border-t1 font-semibold text-t1' : 'border-line2 text-t2'
            }`}
          >
            <OctagonPause size={14} strokeWidth={1.75} aria-hidden="true" />
            {condition === stopped ? `Stopped: ${condition}` : condition}
            <X size={13} strokeWidth={1.75} aria-hidden="true" />
          </button>
        </li>
      ))}
      {stops.length > SHOWN_STOPS && <li className="text-t2">and {stops.length - SHOWN_STOPS} more</li>}
    </ul>
  );
}

const SHOWN_STOPS = 2;

/** Where one is in time when that is not now; else whether time slows down by itself. */
function Moment() {
  const newest = useWorld((state) => state.time.newest);
  if (newest === null) return <AutoSlow />;
  return (
    <p className="ml-3 min-w-0 truncate text-small text-t2">
      <b className="font-[650] text-t1">This was.</b> The newest moment is {timeText(newest, 1)}. What you do here
      begins another branch.
    </p>
  );
}

export function BackButton({ className }: { className: string }) {
  return (
    <IconButton
      icon={StepBack}
      name="Back to before the last event"
      shortcut=","
      onClick={() => void lookAt('back')}
      className={className}
    />
  );
}

function CommandBackButton({ className }: { className: string }) {
  return (
    <IconButton
      icon={SkipBack}
      name="Back to before the last command or fault"
      shortcut="<"
      onClick={() => void lookAt('command')}
      className={className}
    />
  );
}

/** Only there when an earlier moment is shown; its room is kept. */
export function NowButton({ className }: { className: string }) {
  const isPast = useWorld((state) => state.time.newest !== null);
  return (
    <IconButton
      icon={ChevronsRight}
      name="To the newest moment"
      shortcut="n"
      onClick={() => void lookNow()}
      className={`${className} ${isPast ? '' : 'invisible'}`}
    />
  );
}

export function PlayButton({ className }: { className: string }) {
  const playing = useWorld((state) => wantedTime(state).playing);
  return (
    <IconButton
      icon={playing ? Pause : Play}
      name={playing ? 'Pause' : 'Play'}
      shortcut="Space"
      strong
      onClick={togglePlaying}
      className={className}
    />
  );
}

export function StepButton({ className }: { className: string }) {
  return (
    <IconButton
      icon={StepForward}
      name="Step to the next event"
      shortcut="."
      onClick={() => void stepToNextEvent()}
      className={className}
    />
  );
}

/** The virtual clock, written straight into the page with every beat: React has no part in it. */
export function Clock({ className = '', leastDigits = 8 }: { className?: string; leastDigits?: number }) {
  const ref = useRef<HTMLTimeElement>(null);
  useEffect(() => {
    let shown = '';
    const tick = () => {
      const text = timeText(virtualNow(), decimalsFor(useWorld.getState().time.rate));
      if (text === shown || !ref.current) return;
      ref.current.textContent = text;
      if (text.length !== shown.length) ref.current.style.width = `${Math.max(leastDigits, text.length)}ch`;
      shown = text;
    };
    tick();
    return onBeat(tick);
  }, [leastDigits]);
  return (
    <time
      ref={ref}
      role="timer"
      aria-label="Virtual time"
      aria-live="off"
      className={`block h-6 flex-none overflow-hidden text-clock font-semibold tracking-[-0.01em] whitespace-nowrap contain-strict ${className}`}
    />
  );
}

/** The rate in force. */
export function Rate({ className = 'h-8 text-lens' }: { className?: string }) {
  const rate = useWorld((state) => state.time.rate);
  return (
    <span
      title="Virtual seconds per second"
      className={`inline-flex min-w-[calc(7ch+18px)] flex-none items-center justify-center rounded-control border border-line2 px-2 font-mono font-semibold ${className}`}
    >
      {rateText(rate)}
    </span>
  );
}

const decades = [-3, -2, -1, 0, 1, 2, 3];

export function SpeedSlider() {
  const speed = useWorld((state) => wantedTime(state).speed);
  return (
    <span className="relative ml-2 inline-block h-9 w-[190px] flex-none">
      <svg width="190" height="36" aria-hidden="true" className="pointer-events-none absolute inset-0">
        <path d="M8 15H182" stroke="var(--line2)" strokeWidth="1.5" />
        {decades.map((power) => (
          <path key={power} d={`M${tickX(power)} 11v8`} stroke="var(--line2)" strokeWidth="1.5" />
        ))}
        {[
          [-3, '1/1000'],
          [0, '1'],
          [3, '1000'],
        ].map(([power, text]) => (
          <text
            key={text}
            x={tickX(Number(power))}
            y="32"
            fontSize="10"
            fill="var(--t3)"
            fontFamily="var(--mono)"
            textAnchor={power === -3 ? 'start' : power === 3 ? 'end' : 'middle'}
            dx={power === -3 ? -6 : power === 3 ? 6 : 0}
          >
            {text}
          </text>
        ))}
      </svg>
      <input
        type="range"
        min={-3}
        max={3}
        step={0.1}
        value={positionOf(speed)}
        aria-label="Speed of virtual time"
        aria-valuetext={`${rateText(speed).slice(1)} virtual seconds per second`}
        onChange={(event) => setSpeed(speedAt(snap(event.target.valueAsNumber)))}
        className="speed-slider absolute inset-x-0 top-[3px] h-6 w-full"
      />
    </span>
  );
}

const tickX = (power: number) => 8 + ((power + 3) / 6) * 174;
/** Whole powers of ten draw the thumb a little. */
const snap = (position: number) => (Math.abs(position - Math.round(position)) < 0.06 ? Math.round(position) : position);

export function AutoSlow() {
  const isNetwork = useWorld((state) => state.lens === 'network');
  const autoSlow = useWorld((state) => wantedTime(state).autoSlow);
  const slowed = useWorld((state) => state.time.slowed);
  return (
    <span className="ml-3 flex min-w-0 items-center gap-4 text-small text-t2">
      <label className="flex flex-none items-center gap-2">
        <input
          type="checkbox"
          checked={autoSlow}
          onChange={(event) => setAutoSlow(event.target.checked)}
          className="size-4 accent-(--t1)"
        />
        {isNetwork ? 'slower while a watched packet travels' : 'slower while there is no leader'}
      </label>
      {slowed && <span className="truncate text-t1">slowed by itself: {slowed}</span>}
    </span>
  );
}
