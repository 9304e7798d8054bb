import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { commands, findCommand } from '../../src/microbizz/api/commands/table.ts';
import { describeFields } from '../../src/microbizz/api/command-table.ts';
import { typeFields } from '../../src/microbizz/api/commands/types/sets.ts';

interface Paper {
  readonly command: string;
  readonly input: { name: string; type: string }[];
  readonly output: { name: string; type: string }[];
  readonly complete: boolean;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/protocol/${name}.json`, import.meta.url), 'utf8'));
}
const papers = read('commands') as Paper[];
const types = read('types') as Record<string, { field: string; type: string }[]>;

/** The papers write boolean in two ways, and one type as a remark. */
const plain = (type: string): string =>
  type === 'bool' ? 'boolean' : type === 'unknown (not stated)' ? 'unknown' : type;

test('every command that the papers have whole is in the table, and none that they do not name', () => {
  const whole = papers.filter(({ complete }) => complete).map(({ command }) => command);
  expect(whole.filter((name) => findCommand(name) === undefined)).toEqual([]);
  const left = papers.map(({ command }) => command).filter((name) => findCommand(name) === undefined);
  expect(left).toEqual(['GetWorkareaBasePrices', 'GetUserByID', 'GetProductsByLastChange', 'GetTodosByLastChange']);
  const named = papers.map(({ command }) => command);
  expect(Object.keys(commands).filter((name) => !named.includes(name))).toEqual([]);
  expect(findCommand('constructor')).toBeUndefined();
});

test.each(Object.keys(commands))('%s has the fields and types of the papers', (name) => {
  const paper = papers.find(({ command }) => command === name);
  const entry = findCommand(name);
  for (const side of ['input', 'output'] as const) {
    const fields = describeFields(entry?.[side] ?? z.object({})).map((field) => [field.field, field.type]);
    expect(fields).toEqual(paper?.[side].map((field) => [field.name, plain(field.type)]));
  }
});

test('what answers in parts names a collection of its output', () => {
  const lists = Object.entries(commands).flatMap(([name]) => {
    const { paged, output, input } = findCommand(name) ?? {};
    const keyed = [input, output].some((side) => side !== undefined && 'resumekey' in side.shape);
    const items = paged && output && describeFields(output).find(({ field }) => field === paged.items);
    return keyed || paged ? [[name, items?.type.startsWith('collection[')]] : [];
  });
  expect(lists).toEqual([
    ['GetCustomersByLastChange', true],
    ['GetDepotOrderLinesByLastChange', true],
    ['GetProceduresByLastChange', true],
    ['GetSubscriptionsBylastChangeID', true],
    ['GetInvoiceLinesByLastChange', true],
  ]);
});

test.each([...typeFields])('%s has the fields of the papers', (name, type) => {
  const fields = describeFields(type).map(({ field, type: wire }) => [field, wire]);
  expect(fields).toEqual((types[name] ?? []).map(({ field, type: wire }) => [field, plain(wire)]));
});
