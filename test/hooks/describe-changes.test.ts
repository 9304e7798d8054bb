import { expect, test } from 'vitest';
import { describeChanges } from '../../src/hooks/describe-changes.ts';
import type { PageContext } from '../../src/interfaces/define-page.ts';

const fieldsOf = async (before: string, after: string): Promise<object[]> => {
  const object = {
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
    language: 'en',
    now: object.changedAt,
    history: { latestObjects: () => Promise.resolve([object]), changesPerDay: () => Promise.resolve([]) },
  };
  const { rows } = (await describeChanges(context)) as { rows: { fields: object[] }[] };
  return rows.flatMap(({ fields }) => fields);
};

test.each(['constructor', 'toString', '__proto__'])('a field called %s is a field, there or not', async (name) => {
  const [without, empty] = ['{"id":7}', `{"id":7,"${name}":{}}`];
  expect(await fieldsOf(without, empty)).toEqual([{ name, from: '–', to: '{}' }]);
  expect(await fieldsOf(empty, without)).toEqual([{ name, from: '{}', to: '–' }]);
});
