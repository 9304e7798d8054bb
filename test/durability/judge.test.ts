import { expect, test } from 'vitest';
import { judge, type Line, type Stored } from '../support/check-handled.ts';
import type { Fate, Sent } from '../support/send-events.ts';

/** The judge of kill.test.ts must find what it is there for. */
const lane = 'invoice#7';
const sent = (sequence: number, fate: Fate): Sent => ({ lane, sequence, fate });
const stored = (sequence: number, duplicate = false): Stored => ({
  event: `evt_${sequence}`,
  lane,
  sequence,
  duplicate,
});
const line = (start: number, kind: 'begin' | 'end', sequence: number): Line => [
  start,
  kind,
  lane,
  sequence,
  `evt_${sequence}`,
  1,
];
const gone = (start: number): Line => [start, 'gone', '', 0, '', 0];
const whole = (start: number, sequence: number): Line[] => [
  line(start, 'begin', sequence),
  line(start, 'end', sequence),
];

test.each<[string, Line[], object]>([
  ['in order', [...whole(1, 1), ...whole(1, 2), ...whole(2, 3)], { disordered: 0, repeated: 0, unhandled: 0 }],
  [
    'the last one again after a crash',
    [...whole(1, 1), gone(1), ...whole(2, 1), ...whole(2, 2), ...whole(2, 3)],
    { disordered: 0, repeated: 1 },
  ],
  [
    'one cut off by a crash, and again',
    [line(1, 'begin', 1), gone(1), ...whole(2, 1), ...whole(2, 2), ...whole(2, 3)],
    { disordered: 0, repeated: 1, unhandled: 0 },
  ],
  [
    'one cut off by a crash, and passed over',
    [line(1, 'begin', 1), ...whole(2, 2), ...whole(2, 3)],
    { disordered: 1, unhandled: 1 },
  ],
  [
    'again by another while the first one lives',
    [line(1, 'begin', 1), ...whole(2, 1), line(1, 'end', 1), ...whole(2, 2), ...whole(2, 3)],
    { disordered: 2, repeated: 0 },
  ],
  ['again without a crash', [...whole(1, 1), ...whole(1, 1), ...whole(1, 2), ...whole(1, 3)], { disordered: 1 }],
  ['backwards', [...whole(1, 2), ...whole(1, 1), ...whole(1, 3)], { disordered: 1 }],
  [
    'backwards after a crash',
    [...whole(1, 1), ...whole(1, 2), gone(1), ...whole(2, 1), ...whole(2, 3)],
    { disordered: 1 },
  ],
  [
    'two at once',
    [line(1, 'begin', 1), line(1, 'begin', 2), line(1, 'end', 1), line(1, 'end', 2), ...whole(1, 3)],
    { disordered: 3 },
  ],
  ['one left out', [...whole(1, 1), ...whole(1, 3)], { disordered: 0, unhandled: 1, handled: 2 }],
])('handled %s', (_what, lines, figures) => {
  expect(judge([], [stored(1), stored(2), stored(3)], lines)).toMatchObject(figures);
});

test('an acknowledged event that is not stored is lost; one that was not acknowledged may be there or not', () => {
  const all = [
    sent(1, 'acknowledged'),
    sent(2, 'unanswered'),
    sent(3, 'refused'),
    sent(4, 'acknowledged'),
    sent(5, 'unanswered'),
  ];
  expect(judge(all, [stored(1), stored(2)], [])).toMatchObject({
    acknowledged: 2,
    lost: 1,
    misplaced: 0,
    unhandled: 2,
  });
});

test('a duplicate need not be handled; an earlier event after a later one is misplaced', () => {
  expect(judge([], [stored(1), stored(1, true), stored(3), stored(2)], [])).toMatchObject({
    duplicates: 1,
    unhandled: 3,
    misplaced: 1,
  });
});
