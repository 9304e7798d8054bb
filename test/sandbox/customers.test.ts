import { describe, expect, test } from 'vitest';
import { openApi, type Result } from './call-api.ts';

const noon = Date.UTC(2026, 0, 15, 11, 30, 5);
const list = (result: Result) => result['customers'] as Record<string, unknown>[];
const ids = (result: Result) => list(result).map(({ id }) => id);

describe('customers', () => {
  test('that are not there are an empty collection, not an error', async () => {
    const { run } = await openApi();
    expect(await run('GetCustomerByID', { customerid: 999 })).toEqual({ status: 1, customers: [] });
    expect(await run('GetCustomerByCustomerNumber', { customernumber: 'x' })).toEqual({ status: 1, customers: [] });
    expect(await run('GetCustomersByParentID', { customerid: 999 })).toEqual({ status: 1, customers: [] });
    expect(await run('GetParentCustomers', { customerid: 3101 })).toEqual({ status: 1, customers: [] });
  });

  test('are found by name whatever its case', async () => {
    const { run } = await openApi();
    expect(ids(await run('GetCustomerByName', { customername: 'SØGÅRD & SØN aps' }))).toEqual([3103]);
  });

  test('have parents, nearest first, and children, all of them or the next', async () => {
    const { run } = await openApi();
    expect(ids(await run('GetParentCustomers', { customerid: 3105 }))).toEqual([3104, 3101]);
    expect(ids(await run('GetCustomersByParentID', { customerid: 3101 }))).toEqual([3104, 3106]);
    expect(ids(await run('GetCustomersByParentID', { customerid: 3101, includeall: 1 }))).toEqual([3104, 3106, 3105]);
    expect(ids(await run('GetCustomersByParentID', { customerid: 3101, ignoreclosed: true }))).toEqual([3104]);
  });

  test('in a circle of parents end', async () => {
    const { run, sandbox } = await openApi();
    await run('CreateUpdateCustomerByID', { customer: { id: 3101, parentid: 3105 } });
    expect(ids(await run('GetParentCustomers', { customerid: 3105 }))).toEqual([3104, 3101]);
    const children = await run('GetCustomersByParentID', { customerid: 3101, includeall: 1 });
    expect(ids(children).length).toBeLessThanOrEqual(sandbox.state.customers.length);
  });

  test('are created with id 0, with readonly fields and times of the server', async () => {
    const { run } = await openApi({ now: () => noon });
    const customer = { id: 0, name: 'Ny ApS', ourreference: 12, ourreferencetext: 'forged', createdate: '1999-01-01' };
    const created = (await run('CreateUpdateCustomerByID', { customer }))['customer'];
    const times = {
      createdate: '2026-01-15',
      createtime: '12:30:05',
      changedate: '2026-01-15',
      changetime: '12:30:05',
    };
    expect(created).toMatchObject({ id: 3107, name: 'Ny ApS', ourreferencetext: 'Jørgen Sørensen', ...times });
    expect(created).toMatchObject({ city: '', isblocked: 0, icons: [] });
    expect(list(await run('GetCustomerByID', { customerid: 3107 }))).toEqual([created]);
  });

  test('keep what an update leaves out, or lose it, as the switch says, and keep unknown fields', async () => {
    const { run, sandbox } = await openApi();
    const customer = { id: 3101, phone: '1', custom7: { a: ['/'] } };
    expect((await run('CreateUpdateCustomerByID', { customer }))['customer']).toMatchObject({
      ...customer,
      zip: '9000',
    });
    sandbox.faults.omitted = 'emptied';
    const emptied = (await run('CreateUpdateCustomerByID', { customer: { id: 3101, name: 'B' } }))['customer'];
    expect(emptied).toMatchObject({ id: 3101, name: 'B', zip: '', createdate: '2024-01-08', custom7: { a: ['/'] } });
  });

  test('are overwritten by number, which must be given; the id is ignored then', async () => {
    const { run } = await openApi();
    const customer = { id: 3103, customernumber: 'K-1002', name: 'Andet' };
    const stored = (await run('CreateUpdateCustomerByCustomerNumber', { customer }))['customer'];
    expect(stored).toMatchObject({ id: 3102, name: 'Andet' });
    const missing = { status: 0, msg: 'customer.customernumber is missing' };
    expect(await run('CreateUpdateCustomerByCustomerNumber', { customer: { name: 'x' } })).toEqual(missing);
    expect(await run('CreateUpdateCustomerByID', { customer: { id: 999 } })).toMatchObject({ status: 0 });
  });
});

describe('input of a wrong type is refused', () => {
  test.each([
    ['GetCustomerByID', {}, 'customerid is missing'],
    ['GetCustomerByID', { customerid: '5' }, 'customerid must be a number'],
    ['GetCustomerByID', { customerid: 1.5 }, 'customerid must be a number'],
    ['GetCustomerByName', { customername: 5 }, 'customername must be a string'],
    ['GetCustomerByName', { customername: 'å'.repeat(256) }, 'customername must have at most 255 characters'],
    ['GetCustomersByLastChange', { skip_deleted: 'ja' }, 'skip_deleted must be a boolean (1 or 0)'],
    ['GetCustomersByLastChange', { changedate: '2026-13-01' }, 'changedate must be a date such as 2011-08-05'],
    ['AddFileToCustomer', { customerid: 3101, filename: 'a', filedata: 'æ' }, 'filedata must be base64'],
    ['AddPhotoToCustomer', { customerid: 3101, imagedata: 'SGVq' }, 'imagedata must be a JPEG'],
    ['AddPhotoToCustomer', { customerid: 3101, imagedata: '/9j/', tags: ['1'] }, 'tags[0] must be a number'],
    ['CreateUpdateCustomerByID', { customer: [] }, 'customer must be a set'],
    ['CreateUpdateCustomerByID', { customer: { name: 1 } }, 'customer.name must be a string'],
    ['CreateUpdateCustomerByID', { customer: { icons: 1 } }, 'customer.icons must be a collection'],
    ['CreateUpdateInvoiceLineByID', { invoiceline: { count: '3' } }, 'invoiceline.count must be a float'],
    ['SendMessage', { message: 'x', uniqueid: 5 }, 'uniqueid must be a string'],
    ['GetUserByID', { userid: 12 }, 'Unknown command'],
  ])('%s %j: %s', async (command, input, msg) => {
    const { run } = await openApi();
    expect(await run(command, input)).toEqual({ status: 0, msg });
  });

  test('at 255 characters it is not', async () => {
    const { run } = await openApi();
    expect(await run('GetCustomerByName', { customername: '😀'.repeat(255) })).toMatchObject({ status: 1 });
  });
});
