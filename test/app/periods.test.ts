import { expect, test } from 'vitest';
import { drawPeriods } from '../../src/app/hooks/changes/draw-periods.ts';
import { groupDays, stepFor } from '../../src/app/hooks/changes/group-days.ts';
import { addDays, daysOf, isDay, lastDays, startOfDay } from '../../src/app/hooks/changes/period.ts';
import { buildChangesQuery, readFilter } from '../../src/app/hooks/changes/read-filter.ts';
import { texts } from '../../src/app/texts/texts.ts';
import { line, now, use } from './history.ts';

test.each([
  ['2025-01-15', '2025-01-14T23:00:00Z'],
  ['2025-07-15', '2025-07-14T22:00:00Z'],
  ['2025-03-30', '2025-03-29T23:00:00Z'],
  ['2025-03-31', '2025-03-30T22:00:00Z'],
  ['2025-10-26', '2025-10-25T22:00:00Z'],
  ['2025-10-27', '2025-10-26T23:00:00Z'],
])('%s begins in Denmark at %s', (day, time) => {
  expect(startOfDay(day)).toBe(Date.parse(time));
});

test('only days of the calendar are days', () => {
  expect(['2025-02-28', '2024-02-29'].every(isDay)).toBe(true);
  expect(['2025-02-29', '2025-13-01', '2025-1-1', '01-02-2025', '', 'x'].some(isDay)).toBe(false);
});

test('seven days end today and begin six days ago, also over a month and a change of the clock', () => {
  expect(lastDays(7, now)).toEqual({ since: '2025-03-26', until: '2025-04-01' });
  expect(daysOf(lastDays(7, now)).length).toBe(7);
  expect(addDays('2024-12-31', 1)).toBe('2025-01-01');
});

const read = (query: Record<string, string>) => readFilter(buildChangesQuery('30').parse(query), now, texts.en.changes);

test('the filter form becomes what the history is asked for', () => {
  const query = { kind: 'invoice/event_invoice_line_change', time: 'range', from: '2025-03-01', to: '2025-03-02' };
  expect(read({ ...query, text: ' EL-2040 ', state: 'failed' })).toEqual({
    period: { since: '2025-03-01', until: '2025-03-02' },
    faults: {},
    filter: {
      hook: line,
      since: Date.parse('2025-02-28T23:00:00Z'),
      until: Date.parse('2025-03-02T23:00:00Z'),
      text: 'EL-2040',
      state: 'failed',
    },
  });
});

test('what nobody can have chosen counts as not chosen', () => {
  const { period, filter } = read({ kind: 'x', time: '12', state: 'odd', before: '-3', text: '' });
  expect(period).toEqual(lastDays(30, now));
  expect(Object.keys(filter)).toEqual(['since', 'until']);
});

test.each([
  [{ from: '31-03-2025', to: '' }, 'from', texts.en.changes.fromWrong],
  [{ from: '', to: 'tomorrow' }, 'to', texts.en.changes.fromWrong],
  [{ from: '2025-03-02', to: '2025-03-01' }, 'to', texts.en.changes.toWrong],
  [{ from: '1970-01-01', to: '2025-03-01' }, 'to', texts.en.changes.tooLong],
])('wrong dates %o are told beside the field, and 30 days are shown', (dates, field, sentence) => {
  expect(read({ time: 'range', ...dates })).toMatchObject({
    faults: { [field]: sentence },
    period: lastDays(30, now),
  });
});

test('days become weeks from Monday and months, each range as fine as can be told apart', () => {
  expect(stepFor(lastDays(30, now))).toBe('day');
  expect(stepFor(lastDays(365, now))).toBe('week');
  expect(stepFor({ since: '2020-01-01', until: '2025-01-01' })).toBe('month');
  const counts = [
    { day: '2025-03-30', ...line, changes: 1 },
    { day: '2025-03-31', ...line, changes: 2 },
    { day: '2025-04-01', ...use, changes: 4 },
    { day: '2025-04-01', modcode: 'x', hook: 'unknown', changes: 9 },
  ];
  const weeks = groupDays(
    lastDays(365, now),
    ['invoice/event_invoice_line_change', 'todo/event_product_use_change'],
    counts,
  );
  expect(weeks.slice(-2)).toEqual([
    { from: '2025-03-24', counts: [1, 0], total: 1 },
    { from: '2025-03-31', counts: [2, 4], total: 6 },
  ]);
  expect(weeks.length).toBe(53);
});

test('columns stand on the floor, one upon the other, and one among thousands is still seen', () => {
  const picture = drawPeriods(
    [
      { label: 'a', short: 'a', counts: [9000, 1] },
      { label: 'b', short: 'b', counts: [0, 0] },
      { label: 'c', short: 'c', counts: [0, 4500] },
    ],
    String,
  );
  expect(picture.lines.map(({ label }) => label)).toEqual(['0', '5000', '10000']);
  const [first, second, third] = picture.columns.map(({ parts }) => parts);
  expect(first).toEqual([
    { y: 24, height: 126, colour: 0 },
    { y: 22, height: 2, colour: 1 },
  ]);
  expect(second).toEqual([]);
  expect(third).toEqual([{ y: 87, height: 63, colour: 1 }]);
});

test('a picture of nothing has an axis to one', () => {
  expect(drawPeriods([], String)).toMatchObject({ columns: [], labels: [], lines: [{ label: '0' }, { label: '1' }] });
});
