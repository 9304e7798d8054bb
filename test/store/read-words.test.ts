import { expect, test } from 'vitest';
import { hasTyped, readTyped, readWords } from '../../src/server/store/read-words.ts';

const found = (value: unknown, typed: string): boolean => hasTyped(readWords(value), readTyped(typed));

test('an object is found by every value, nested ones too, and by no field name', () => {
  const object = {
    id: 4711,
    number: 'VVS-0455',
    address: { city: 'Hjørring' },
    lines: [{ text: 'Kørsel' }],
    price: 1234.5,
  };
  for (const typed of [
    '4711',
    'vvs-0455',
    'VVS',
    '0455',
    'hjørring',
    'kør',
    'kørsel 4711',
    '1234.5',
    '1.234,5',
    '1234,50',
  ]) {
    expect([typed, found(object, typed)]).toEqual([typed, true]);
  }
  for (const typed of ['number', 'city', '47112', 'korsel', '1234.6', '234', 'kør 4711 x']) {
    expect([typed, found(object, typed)]).toEqual([typed, false]);
  }
});

test('a Danish å is no a, an é is an e, and case means nothing', () => {
  expect(found('Åse på Café', 'åse cafe')).toBe(true);
  expect(found('Åse på Café', 'ÅSE CAFÉ')).toBe(true);
  expect(found('Åse', 'ase')).toBe(false);
  // As some keyboards write it: a letter and a ring.
  expect(found('Åse', 'A\u030Ase')).toBe(true);
});

test('only the last word may be the beginning of one', () => {
  expect(found('Kuglehane Termostat', 'kuglehane term')).toBe(true);
  expect(found('Kuglehane Termostat', 'kugle termostat')).toBe(false);
});

test('dates and numbers in a text are found as they are written', () => {
  expect(found('2026-11-22 10:00:00', '22.11.2026')).toBe(true);
  expect(found('rør 2,5 mm', '2.5')).toBe(true);
  expect(found('1.250', '1250')).toBe(true);
  expect(found('1.250', '1,25')).toBe(true);
  expect(found({ n: '25' }, '2,5')).toBe(false);
});

test('what is long, deep or much is cut, not refused', () => {
  expect([...readWords('a'.repeat(1_000_000))]).toEqual(['a'.repeat(24)]);
  expect(found('a'.repeat(100), 'a'.repeat(90))).toBe(true);
  const many = Array.from({ length: 5000 }, (_, at) => `w${at}`);
  expect(readWords(many).size).toBe(1000);
  expect(readTyped('x '.repeat(500))).toHaveLength(8);
  expect(readWords('😀 𝒳𝒳 \uD835')).toEqual(new Set(['𝒳𝒳']));
});

test('what makes normalising or an expression take the square of a length is cut before', () => {
  const marks = `a${'\u0301'.repeat(50_000)}${'\u0316'.repeat(50_000)}`;
  expect(readWords(marks)).toEqual(new Set(['a']));
  expect(found(`A\u030Ase${marks}`, 'åse')).toBe(true);
  expect(readWords(`1.${'0'.repeat(90_000)}1`).size).toBe(1);
});
