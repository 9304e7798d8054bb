import { expect, test } from 'vitest';
import { openApi } from './call-api.ts';
import { visit } from './fake-app.ts';

const customer = (fields: object) => ['CreateUpdateCustomerByID', { customer: { id: 3101, ...fields } }] as const;

const bent = [
  ['GetCustomerByID', { customerid: '3101' }],
  ['GetCustomerByID', { customerid: ' 3101 ' }],
  customer({ customernumber: 1001 }),
  customer({ phone: 98112233 }),
  customer({ longitude: '9.92' }),
  customer({ phone: null }),
  customer({ isblocked: '' }),
  customer({ isblocked: null }),
  customer({ icons: { 1: 4, 3: '5' } }),
  customer({ id: '3101' }),
] as const;

test.each(bent)('%s %j is refused, or read as PHP reads it', async (command, input) => {
  const { sandbox, run } = await openApi();
  expect(await run(command, input)).toMatchObject({ status: 0 });
  sandbox.faults.types = 'as PHP';
  expect(await run(command, input)).toMatchObject({ status: 1 });
});

test('what it stores is of the right type', async () => {
  const { sandbox, run } = await openApi();
  sandbox.faults.types = 'as PHP';
  await run(...customer({ phone: 98112233, isblocked: '', team: '7' }));
  const { customers } = (await run('GetCustomerByID', { customerid: 3101 })) as unknown as { customers: object[] };
  expect(customers[0]).toMatchObject({ phone: '98112233', isblocked: 0, team: 7 });
});

test('commands may be a list with gaps then', async () => {
  const { sandbox, send } = await openApi();
  const gaps = { 0: { command: 'Echo', text: 'a' }, 2: { command: 'Echo', text: 7 } };
  const commands = gaps as unknown as object[];
  expect(await send(commands)).toMatchObject({ status: 0 });
  sandbox.faults.types = 'as PHP';
  expect(await send(commands)).toMatchObject({ status: 1, results: [{ answer: 'a' }, { answer: '7' }] });
});

test('what PHP could not mean either stays refused', async () => {
  const { sandbox, run } = await openApi();
  sandbox.faults.types = 'as PHP';
  for (const customerid of ['abc', '0x1f', [3101], {}, '31 01'])
    expect(await run('GetCustomerByID', { customerid })).toMatchObject({ status: 0 });
});

test('is a switch on the page, strict first', async () => {
  const { sandbox } = await openApi();
  expect((await visit(`${sandbox.url}/faults`)).text).toMatch(/<option selected>strict<\/option>\s*<option>as PHP</);
  await visit(`${sandbox.url}/faults`, { types: 'as PHP' });
  expect(sandbox.faults.types).toBe('as PHP');
});
