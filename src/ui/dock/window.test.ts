import { describe, expect, it } from 'vitest';
import { moved, shownWindow, usualWindow, zoomed } from './window.ts';

const live = { now: 100e6, newest: null, rate: 1 };
const past = { now: 60e6, newest: 100e6, rate: 1 };

describe('the stretch of time that the lanes show', () => {
  it.each([
    ['ends now', usualWindow, live, { end: 100e6, span: 30e6 }],
    ['ends now however long it was made', { end: null, span: 5e6 }, live, { end: 100e6, span: 5e6 }],
    ['cannot be left behind by time that goes on', { end: 50e6, span: null }, live, { end: 100e6, span: 30e6 }],
    [
      'stays where it was when an earlier moment in it is shown',
      { end: 80e6, span: null },
      past,
      { end: 80e6, span: 30e6 },
    ],
    ['goes to where the moment is when that is outside', usualWindow, past, { end: 72e6, span: 30e6 }],
    [
      'never ends after the newest moment',
      { end: 300e6, span: null },
      { ...past, now: 99e6 },
      { end: 100e6, span: 30e6 },
    ],
  ])('%s', (_, wish, moment, expected) => {
    expect(shownWindow(wish, moment)).toEqual(expected);
  });

  it('is zoomed about a moment, which stays where it is', () => {
    const shown = { end: 100e6, span: 40e6 };
    const nearer = zoomed(shown, 0.5, 80e6);
    expect(nearer).toEqual({ span: 20e6, end: 90e6 });
    expect((nearer.end! - 80e6) / nearer.span!).toBe((shown.end - 80e6) / shown.span);
    expect(zoomed(shown, 1e-9, 80e6).span).toBe(1000);
    expect(zoomed(shown, 1e9, 80e6).span).toBe(86_400e6);
  });

  it('is moved by as much as the hand goes', () => {
    expect(moved(usualWindow, { end: 100e6, span: 40e6 }, -10e6)).toEqual({ span: null, end: 90e6 });
    expect(moved(usualWindow, { end: 100e6, span: 40e6 }, -400e6).end).toBe(20e6);
  });
});
