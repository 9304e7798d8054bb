import { expect, test } from 'vitest';
import { describeContent } from '../../src/app/hooks/changes/describe-content.ts';
import { shorten } from '../../src/microbizz/domain/shorten.ts';
import { formatsOf } from '../../src/app/hooks/formats.ts';
import { nameField } from '../../src/app/hooks/changes/name-field.ts';
import { texts } from '../../src/app/texts/texts.ts';

const [da, en] = [formatsOf('da'), formatsOf('en')];

test.each([
  ['unitprice', 1875, '1.875,00', '1,875.00'],
  ['unitprice', '38.5', '38,50', '38.50'],
  ['count', 1234.5, '1.234,5', '1,234.5'],
  ['id', 50101, '50101', '50101'],
  ['todonumber', 10231, '10231', '10231'],
  ['zip', 8000, '8000', '8000'],
  ['isdeleted', 0, 'Nej', 'No'],
  ['isdeleted', '1', 'Ja', 'Yes'],
  ['ready', true, 'Ja', 'Yes'],
  ['invoicedate', '2025-03-31', '31. mar. 2025', '31 Mar 2025'],
  ['changetime', '08:05:09', '08.05', '08:05'],
  ['changed', '2025-03-31 08:05:09', '31. mar. 2025 08.05', '31 Mar 2025 08:05'],
  ['text', '2025-02-31', '2025-02-31', '2025-02-31'],
  ['text', '', '–', '–'],
  ['text', null, '–', '–'],
  ['issue', '7', '7', '7'],
  ['address', { city: 'Århus', x: [1, 2] }, 'By: Århus, x: 1; 2', 'City: Århus, x: 1; 2'],
  ['tags', [], 'ingen', 'none'],
  ['constructor', { constructor: 1 }, 'constructor: 1', 'constructor: 1'],
])('%s %o is written for its reader', (name, value, danish, english) => {
  expect(da.value(name, value)).toBe(danish);
  expect(en.value(name, value)).toBe(english);
});

test('times are Danish, wherever the server stands', () => {
  expect(da.moment(Date.parse('2025-04-01T22:30:00Z'))).toBe('2. apr. 2025, 00.30');
  expect(en.machine(Date.parse('2025-01-01T22:30:05Z'))).toBe('2025-01-01 23:30:05');
});

test('fields are called by their name where it is known, and by Microbizz’ where not', () => {
  expect(nameField('lines.2.count', texts.da)).toEqual({ text: 'Linjer › 3 › Antal', raw: false });
  expect(nameField('custom_7', texts.en)).toEqual({ text: 'custom_7', raw: true });
  expect(nameField('constructor.toString', texts.en)).toEqual({ text: 'constructor › toString', raw: true });
});

test('a long text is cut between characters', () => {
  expect(shorten('abcd', 4)).toBe('abcd');
  expect(shorten('abc👍d', 4)).toBe('abc…');
});

test('an object of whatever size becomes a page of bounded size', () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`f${at}`, 'x'.repeat(10)]));
  expect(describeContent(many, texts.en, en).length).toBe(401);
  const [long] = describeContent({ text: 'x'.repeat(1_000_000) }, texts.en, en);
  expect(long?.value?.length).toBe(2001);
  const deep = JSON.parse(`${'{"a":'.repeat(400)}1${'}'.repeat(400)}`) as Record<string, unknown>;
  expect(JSON.stringify(describeContent(deep, texts.en, en)).length).toBeLessThan(2000);
});
