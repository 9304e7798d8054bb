import { expect, test } from 'vitest';
import { earlier, readServerTime, tellServerTime } from '../../src/server/gaps/server-time.ts';

test('a moment is told as a Danish clock shows it, in winter and in summer', () => {
  expect(tellServerTime(Date.UTC(2026, 0, 31, 23, 30, 5))).toBe('2026-02-01 00:30:05');
  expect(tellServerTime(Date.UTC(2026, 6, 1, 8, 0, 0))).toBe('2026-07-01 10:00:00');
});

test('date and time of an answer are read with and without seconds, and nothing else passes for them', () => {
  expect(readServerTime({ date: '2011-08-05', time: '18:45:07' })).toBe('2011-08-05 18:45:07');
  expect(readServerTime({ date: '2011-08-05', time: '18:45' })).toBe('2011-08-05 18:45:00');
  for (const [date, time] of [
    ['', ''],
    ['2011-13-05', '18:45:07'],
    ['2011-08-05', '25:00:00'],
    ['05-08-2011', '18:45:07'],
    ['2011-08-05', 'undefined'],
  ] as const)
    expect(readServerTime({ date, time })).toBeUndefined();
});

test('going back crosses midnight, months and years', () => {
  expect(earlier('2026-01-01 00:30:00', 70 * 60_000)).toEqual({ changedate: '2025-12-31', changetime: '23:20:00' });
});
