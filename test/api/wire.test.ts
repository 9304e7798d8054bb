import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { collection, set } from '../../src/microbizz/api/commands/types/sets.ts';
import {
  binary,
  boolean,
  date,
  email,
  float,
  lstring,
  number,
  string,
  time,
  unstated,
} from '../../src/microbizz/api/commands/types/basic.ts';

/** As JSON carries it. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const thereAndBack = (type: z.ZodType, value: unknown): unknown => z.decode(type, overTheWire(z.encode(type, value)));
const faults = (type: z.ZodType, value: unknown): string[] =>
  z.safeEncode(type, value).error?.issues.map(({ message }) => message) ?? [];

const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((each) => each.toISOString().slice(0, 10));
const clock = fc
  .record({ hours: fc.nat(23), minutes: fc.nat(59), seconds: fc.nat(59) })
  .map((at) => [at.hours, at.minutes, at.seconds].map((each) => String(each).padStart(2, '0')).join(':'));
const json = fc.jsonValue().map((value) => overTheWire(value));
const thing = set('thing', {
  id: number,
  when: date,
  on: boolean,
  tags: collection(number),
  inner: set('inner', { at: time }),
});

describe('every type comes back as it was sent', () => {
  const types: [string, z.ZodType, fc.Arbitrary<unknown>][] = [
    ['string', string, fc.string({ unit: 'grapheme', maxLength: 60 })],
    ['email', email, fc.emailAddress()],
    ['lstring', lstring, fc.string({ unit: 'binary', maxLength: 2000 })],
    ['number', number, fc.maxSafeInteger()],
    ['float', float, fc.double({ noDefaultInfinity: true, noNaN: true }).filter((each) => !Object.is(each, -0))],
    ['boolean', boolean, fc.boolean()],
    ['date', date, day],
    ['time', time, clock],
    ['binary', binary, fc.uint8Array({ maxLength: 300 })],
    ['a value of no stated type', unstated, json.filter((value) => value !== null)],
    ['collection', collection(date), fc.array(day)],
    ['collection of collections', collection(collection(boolean)), fc.array(fc.array(fc.boolean()))],
    [
      'set',
      thing,
      fc.record(
        { id: fc.nat(), when: day, on: fc.boolean(), tags: fc.array(fc.nat()), inner: fc.record({ at: clock }) },
        { requiredKeys: [] },
      ),
    ],
  ];
  test.each(types)('%s', (_name, type, values) => {
    fc.assert(
      fc.property(values, (value) => {
        expect(thereAndBack(type, value)).toEqual(value);
      }),
    );
  });
});

test('what was read and written goes back as it came, fields that nobody knows included', () => {
  const wire = fc.record(
    {
      id: fc.nat(),
      when: fc.oneof(day, fc.constantFrom('', null, '0000-00-00')),
      on: fc.oneof(fc.constantFrom(1, 0), fc.constant(null)),
      tags: fc.array(fc.nat()),
      inner: fc.record({ at: clock, newer: json }),
      newer: json,
      __proto__x: json,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(wire, (raw) => {
      const read = z.decode(thing, raw);
      expect(z.encode(thing, read)).toEqual(raw);
      expect(z.encode(thing, { ...read, id: 5 })).toEqual({ ...raw, id: 5 });
    }),
  );
});

test('no value makes reading fail: what is not of its type stays as it came', () => {
  const all = [string, number, boolean, date, time, binary, collection(date), collection(thing), thing];
  fc.assert(
    fc.property(json, fc.constantFrom(...all), (raw, type) => {
      expect(() => z.decode(type as z.ZodType, raw as never)).not.toThrow();
    }),
  );
  expect(z.decode(number, 'abc')).toBe('abc');
  expect(z.decode(number, '12345678901234567890')).toBe('12345678901234567890');
  expect(z.decode(date, '0000-00-00')).toBe('0000-00-00');
  expect(z.decode(thing, { id: '7', when: '5-8-2011', on: 'maybe', tags: null })).toEqual({
    ...{ id: 7, when: '2011-08-05', on: 'maybe', tags: [] },
  });
});

test('a boolean is sent as 1 or 0, and read in each of its forms', () => {
  expect([true, 1, 'yes', false, 0, 'no'].map((value) => z.encode(boolean, value as never))).toEqual([
    1, 1, 1, 0, 0, 0,
  ]);
  const raw = [1, '1', true, 0, '0', false];
  expect(raw.map((value) => z.decode(boolean, value))).toEqual([true, true, true, false, false, false]);
});

test('the forms of a date and a time that the documentation shows are sent as ISO', () => {
  const days = ['2011-08-05', '05-08-2011', '5-8-2011', '05/08/2011'];
  expect(days.map((each) => z.encode(date, each))).toEqual(days.map(() => '2011-08-05'));
  const times = ['18:45:00', '18:45', '18.45'];
  expect(times.map((each) => z.encode(time, each))).toEqual(times.map(() => '18:45:00'));
  for (const none of ['2011-02-30', '31-04-2011', '2011-13-01', '5-8-11', '5-8/2011', '', 'today', 20110805]) {
    expect(faults(date, none)).toHaveLength(1);
  }
  for (const none of ['24:00', '18:60', '18:45.00', '18', '', 1845]) expect(faults(time, none)).toHaveLength(1);
});

test('a string has at most 255 characters, an lstring 16,777,215', () => {
  expect(faults(string, 'æ'.repeat(255))).toEqual([]);
  expect(faults(string, 'æ'.repeat(256))).toEqual(['expected at most 255 characters, got 256']);
  expect(faults(lstring, 'a'.repeat(16_777_215))).toEqual([]);
  expect(faults(lstring, 'a'.repeat(16_777_216))).toEqual(['expected at most 16777215 characters, got 16777216']);
});

test('bytes are sent as base64, also those of a view, and text that is base64 already', () => {
  const view = new Uint8Array([0, 1, 2, 255]).subarray(1);
  expect(z.encode(binary, view)).toBe('AQL/');
  expect(z.encode(binary, 'AQL/' as never)).toBe('AQL/');
  expect(faults(binary, 'not base64!')).toEqual(['expected bytes (Uint8Array or base64), got "not base64!"']);
  expect(z.decode(binary, 'AQ\r\nL/')).toEqual(new Uint8Array([1, 2, 255]));
});
