import { expect, test } from 'vitest';
import { answerEach, commandsOf, startApi } from './start-api.ts';

test('bad input is refused before anything is sent, with every fault', async () => {
  const { api, endpoint } = await startApi();
  const run = (command: string, input: object) => api.run(command, input as Record<string, unknown>);
  await expect(run('GetCustomerByID', { customerid: 'abc' })).rejects.toMatchObject({
    name: 'ApiError',
    kind: 'input',
    command: 'GetCustomerByID',
    message: 'customerid: expected a number, got "abc"',
  });
  const customer = { name: 'x'.repeat(256), icons: [1, 'two'], createdate: '2026-02-30', isblocked: 'perhaps' };
  await expect(run('CreateUpdateCustomerByID', { customer })).rejects.toThrow(
    [
      'customer.name: expected at most 255 characters, got 256',
      'customer.icons.1: expected a number, got "two"',
      'customer.isblocked: expected true or false, got "perhaps"',
      'customer.createdate: expected a date such as 2011-08-05, got "2026-02-30"',
    ].join('; '),
  );
  await expect(run('GetCustomerByID', {})).rejects.toThrow('customerid: expected a number, got nothing');
  await expect(run('AddInvoiceLine', { invoiceline: 'x' })).rejects.toThrow(
    'invoiceline: expected a set of fields, got "x"',
  );
  await expect(run('MarkInvoiceLinesAsProcessed', { invoicelineids: 5 })).rejects.toThrow(
    'invoicelineids: expected a list, got 5',
  );
  await expect(run('ValidateSessionToken', { sessiontoken: ['s3cret'] })).rejects.toThrow(
    'sessiontoken: expected a text, got a list',
  );
  await expect(run('NotInTheTable', { number: 1n })).rejects.toMatchObject({ kind: 'input' });
  await expect(run('NotInTheTable', { toJSON: () => undefined })).rejects.toMatchObject({ kind: 'input' });
  expect(endpoint.envelopes).toEqual([]);
});

test('of a batch with one bad input nothing is sent', async () => {
  const { api, endpoint } = await startApi();
  const good = { command: 'AddInvoiceLine', input: { invoiceline: { text: 'one' } } };
  const bad = { command: 'DeleteInvoiceLineByID', input: { invoicelineid: 'all' } };
  await expect(api.batch([good, bad])).rejects.toThrow('invoicelineid: expected a number, got "all"');
  expect(endpoint.envelopes).toEqual([]);
});

test('bad input among the commands of one tick fails alone', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, () => ({ status: 1 }));
  const [good, bad] = await Promise.allSettled([
    api.run('GetCustomerByID', { customerid: 5 }),
    api.run('GetCustomerByID' as string, { customerid: 'abc' }),
  ]);
  expect([good.status, bad.status]).toEqual(['fulfilled', 'rejected']);
  expect(endpoint.envelopes).toHaveLength(1);
});

test('fields beyond the papers pass both ways, and no field can stand for the command', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, ({ customer }) => ({ status: 1, customer, newer: { a: [1] } }));
  const customer = { id: 0, name: 'Ny', fromthefuture: { deep: [true, 1.5] }, latitude: null };
  const input = { customer, newerflag: 'yes', command: 'DeleteInvoiceLineByID' };
  const output = await api.run('CreateUpdateCustomerByID', input as never);
  expect(commandsOf(endpoint.envelopes[0])).toEqual([
    { customer, newerflag: 'yes', command: 'CreateUpdateCustomerByID' },
  ]);
  expect(output).toMatchObject({ customer, newer: { a: [1] } });
});

test('a collection that Microbizz leaves out is empty, and unreadable values stay as they came', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, ({ customerid }) =>
    customerid === 1 ? { status: 1 } : { status: 1, customers: [{ id: '7', isblocked: '0', createdate: 'yesterday' }] },
  );
  expect((await api.run('GetCustomerByID', { customerid: 1 })).customers).toEqual([]);
  expect((await api.run('GetCustomerByID', { customerid: 2 })).customers).toEqual([
    { id: 7, isblocked: false, createdate: 'yesterday' },
  ]);
});

test('a sessiontoken may be as long for the command as in the address of a page', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, () => ({ status: 1, userid: 12 }));
  expect(await api.run('ValidateSessionToken', { sessiontoken: 's'.repeat(4096) })).toMatchObject({ userid: 12 });
  for (const [sessiontoken, says] of [
    ['s'.repeat(4097), 'sessiontoken: expected at most 4096 characters, got 4097'],
    ['', 'sessiontoken: expected at least 1 characters, got 0'],
  ] as const)
    await expect(api.run('ValidateSessionToken', { sessiontoken })).rejects.toThrow(says);
});
