import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeChanges } from '../../src/hooks/describe-changes.ts';
import type { PageContext } from '../../src/interfaces/define-page.ts';

const name = fc.oneof(
  fc.constantFrom('id', 'text', 'count', '__proto__', 'constructor', 'toString', 'hasOwnProperty'),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const object = fc
  .array(fc.tuple(name, fc.json({ maxDepth: 2 })), { maxLength: 6 })
  .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`);
const state = fc.oneof({ weight: 9, arbitrary: object }, { weight: 1, arbitrary: fc.json() });

test('whatever two states of an object Microbizz told of, a page can be made of them', async () => {
  const property = fc.asyncProperty(state, state, async (before, after) => {
    const one = {
      modcode: 'invoice',
      hook: 'event_invoice_line_change',
      objectId: '7',
      changedAt: 1_750_000_000_000,
      changes: 2,
      latest: { object: after },
      previous: { object: before },
    };
    const context: PageContext = {
      tenant: { id: 1, contract: '2391', host: 'system.microbizz.dk' },
      userid: '12',
      variables: {},
      language: 'da',
      now: one.changedAt,
      history: { latestObjects: () => Promise.resolve([one]), changesPerDay: () => Promise.resolve([]) },
    };
    const { rows } = (await describeChanges(context)) as { rows: { fields: object[] }[] };
    const texts = rows.flatMap(({ fields }) => fields.flatMap((field) => Object.values(field) as unknown[]));
    expect(texts.every((text) => typeof text === 'string')).toBe(true);
  });
  await fc.assert(property, { numRuns: 1000 });
});
