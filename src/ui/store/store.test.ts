import { beforeEach, describe, expect, it } from 'vitest';
import type { TraceEvent } from '../../protocol/events.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import type { TimeState } from '../../protocol/worker-messages.ts';
import { startNamed } from '../../scenarios/starts.ts';
import { appendEvents, createEventLog, EVENT_CAP, eventWithId, firstEventAt, prependEvents } from './event-log.ts';
import { extrapolate } from './virtual-now.ts';
import { useWorld, wantedTime } from './world.ts';

const event = (id: number, at = id * 10): TraceEvent => ({ id, at, kind: 'test', cause: 0, objects: [] });
const time = (change: Partial<TimeState> = {}): TimeState => ({
  now: 1_000_000,
  playing: true,
  speed: 1,
  rate: 1,
  slowed: null,
  autoSlow: true,
  newest: null,
  ...change,
});
const empty: Snapshot = {
  now: 0,
  epochMs: 0,
  seed: 41,
  eventCount: 0,
  machines: [],
  nodes: [],
  services: [],
  tasks: [],
  messages: [],
  quorum: null,
  error: null,
};

describe('extrapolate', () => {
  it.each([
    ['at rate 1, 50 ms later', time(), 50, 0, 1_050_000],
    ['at rate 0.01, 50 ms later', time({ rate: 0.01 }), 50, 0, 1_000_500],
    ['no further than 200 ms ahead', time(), 5000, 0, 1_200_000],
    ['never backwards while it plays', time(), 10, 1_070_000, 1_070_000],
    ['a paused world stands at its exact time', time({ playing: false }), 500, 1_070_000, 1_000_000],
    ['a clock that jumped back counts as no time', time(), -5, 0, 1_000_000],
  ])('%s', (_, state, elapsed, shown, expected) => {
    expect(extrapolate(state, elapsed, shown)).toBe(expected);
  });
});

describe('the event log', () => {
  it('finds events by id and by time', () => {
    const log = createEventLog();
    appendEvents(log, [event(1), event(2), event(5), event(9)]);
    expect(eventWithId(log.list, 5)?.id).toBe(5);
    expect(eventWithId(log.list, 4)).toBeUndefined();
    expect([0, 20, 21, 999].map((at) => firstEventAt(log.list, at))).toEqual([0, 1, 2, 4]);
  });

  it('takes what happened before in front, without what it has already', () => {
    const log = createEventLog();
    appendEvents(log, [event(4), event(5)]);
    prependEvents(log, [event(1), event(2), event(4)]);
    expect(log.list.map((row) => row.id)).toEqual([1, 2, 4, 5]);
  });

  it('stays under its cap and says how many it dropped', () => {
    const log = createEventLog();
    const count = EVENT_CAP * 2 + 123;
    for (let id = 1; id <= count; id += 500) {
      appendEvents(
        log,
        Array.from({ length: Math.min(500, count - id + 1) }, (_, index) => event(id + index)),
      );
    }
    expect(log.list.length).toBeLessThanOrEqual(EVENT_CAP);
    expect(log.list.length + log.dropped).toBe(count);
    expect(log.list.at(-1)?.id).toBe(count);
  });
});

describe('the store', () => {
  beforeEach(() => useWorld.getState().loadWorld(empty, time(), startNamed('blank')!));

  it('ignores a delta before the first picture', () => {
    useWorld.setState({ snapshot: null });
    useWorld.getState().applyDelta({ now: 5, eventCount: 1 }, [event(1)], time());
    expect(useWorld.getState().snapshot).toBeNull();
  });

  it('counts a version up only when there are events', () => {
    const before = useWorld.getState().eventsVersion;
    useWorld.getState().applyDelta({ now: 5, eventCount: 0 }, [], time());
    expect(useWorld.getState().eventsVersion).toBe(before);
    useWorld.getState().applyDelta({ now: 6, eventCount: 1 }, [event(1)], time());
    expect(useWorld.getState().eventsVersion).toBe(before + 1);
  });

  it('keeps the state of time when only the clock went on', () => {
    const before = useWorld.getState().time;
    useWorld.getState().applyDelta({ now: 5, eventCount: 0 }, [], time({ now: 2_000_000 }));
    expect(useWorld.getState().time).toBe(before);
    useWorld.getState().applyDelta({ now: 5, eventCount: 0 }, [], time({ now: 2_000_000, playing: false }));
    expect(useWorld.getState().time.playing).toBe(false);
  });

  it('forgets selection, events and a crash when another world begins', () => {
    useWorld.getState().select('machine:node1');
    useWorld.getState().applyDelta({ now: 6, eventCount: 1 }, [event(1)], time());
    useWorld.getState().crashed('broken', '{}');
    expect(useWorld.getState().crash).toMatchObject({ seed: 41, at: 6, message: 'broken' });
    const { worldNumber } = useWorld.getState();
    useWorld.getState().loadWorld(empty, time(), startNamed('blank')!);
    expect(useWorld.getState()).toMatchObject({ selection: null, crash: null, worldNumber: worldNumber + 1 });
    expect(useWorld.getState().events.list).toEqual([]);
  });

  it('a menu selects the thing it is opened on', () => {
    useWorld.getState().openMenu('machine:node2', 10, 20);
    expect(useWorld.getState()).toMatchObject({ selection: 'machine:node2', menu: { x: 10, y: 20 } });
  });
});

describe('what is asked of time', () => {
  beforeEach(() => useWorld.getState().loadWorld(empty, time(), startNamed('blank')!));
  const heard = (change: Partial<TimeState>) =>
    useWorld.getState().applyDelta({ now: 0, eventCount: 0 }, [], time(change));

  it('shows at once, through pictures from before, until it is confirmed', () => {
    useWorld.getState().wishTime({ speed: 2 });
    useWorld.getState().wishTime({ playing: false });
    heard({});
    expect(wantedTime(useWorld.getState())).toEqual({ speed: 2, playing: false, autoSlow: true });
    heard({ speed: 2 });
    expect(useWorld.getState().wish).toEqual({ playing: false });
    heard({ speed: 2, playing: false });
    heard({ speed: 3 });
    expect(wantedTime(useWorld.getState())).toEqual({ speed: 3, playing: true, autoSlow: true });
  });

  it('goes with its world', () => {
    useWorld.getState().wishTime({ playing: false });
    useWorld.getState().loadWorld(empty, time(), startNamed('blank')!);
    expect(wantedTime(useWorld.getState()).playing).toBe(true);
  });
});
