import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openApi, type ConnectedSandbox } from './call-api.ts';

function fieldsOf(body: string): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [, name = '', json = ''] of body.matchAll(/name="(\w+)"\r\n\r\n(.*)\r\n/g))
    fields[name] = JSON.parse(json);
  return fields;
}

async function eventsOf({
  sandbox,
  app,
}: ConnectedSandbox): Promise<{ path: string; fields: Record<string, unknown> }[]> {
  await sandbox.settled();
  return app.received.map(({ path, body }) => ({ path, fields: fieldsOf(body) }));
}

describe('a command that changes something', () => {
  test('causes the event of the change, with the object as the API shows it', async () => {
    const api = await openApi();
    const { invoiceline } = await api.run('CreateUpdateInvoiceLineByID', { invoiceline: { id: 50101, count: 9 } });
    expect(await eventsOf(api)).toEqual([{ path: '/event_invoice_line_change', fields: { object: invoiceline } }]);
    expect(invoiceline).toMatchObject({ id: 50101, count: 9, text: 'Montering af målerskab' });
  });

  test('tells a customer as it was before, when there was one', async () => {
    const api = await openApi();
    await api.run('CreateUpdateCustomerByID', { customer: { id: 3101, name: 'Nyt navn' } });
    await api.run('CreateUpdateCustomerByID', { customer: { id: 0, name: 'Ny' } });
    const [changed, created] = await eventsOf(api);
    expect(changed?.fields).toMatchObject({
      object: { name: 'Nyt navn' },
      previousobject: { name: 'Bryggergården A/S' },
    });
    expect(Object.keys(created?.fields ?? {})).toEqual(['object']);
  });

  test.each([
    ['AddInvoiceLine', { invoiceline: { text: 'ny' } }, ['/event_invoice_line_change']],
    ['DeleteInvoiceLineByID', { invoicelineid: 50101 }, ['/event_invoice_line_change']],
    [
      'MarkInvoiceLinesAsProcessed',
      { invoicelineids: [50103, 50104] },
      ['/event_invoice_line_change', '/event_invoice_line_change'],
    ],
    ['CreateUpdateTodo', { todo: { id: 6101, title: 'x' } }, ['/event_todo_change']],
    ['CloseTodoByID', { todoid: 6101, stateid: 3 }, ['/event_todo_change']],
    [
      'CloseTodoByID',
      { todoid: 6101, stateid: 3, note: { message: 'x' } },
      ['/event_note_create', '/event_todo_change'],
    ],
    ['CloseTodoByID', { todoid: 6101, stateid: 1 }, []],
    ['AddFileToCustomer', { customerid: 3101, filename: 'a', filedata: 'SGVq' }, ['/event_file_create']],
    ['AddAudioToTodo', { todoid: 6101, format: 'wav', audiodata: 'SGVq' }, ['/event_file_create']],
    ['CreateUpdateProductByID', { product: { id: 2101, price: 1 } }, []],
    ['GetInvoiceLinesByLastChange', {}, []],
  ])('%s %j causes %j, and nothing with disable_callbacks', async (command, input, paths) => {
    const api = await openApi();
    expect(await api.run(command, input)).toMatchObject({ status: 1 });
    expect((await eventsOf(api)).map(({ path }) => path)).toEqual(paths);
    const quiet = await openApi();
    expect(await quiet.run(command, input, { disable_callbacks: true })).toMatchObject({ status: 1 });
    expect(await eventsOf(quiet)).toEqual([]);
  });

  test('tells a changed photo apart from a new one', async () => {
    const api = await openApi();
    const photo = { customerid: 3101, imagedata: '/9j/4A==' };
    const { document } = await api.run('AddPhotoToCustomer', photo);
    const documentid = (document as { id: number }).id;
    expect(await api.run('AddPhotoToCustomer', { ...photo, documentid })).toMatchObject({
      document: { id: documentid },
    });
    expect(await api.run('AddPhotoToCustomer', { ...photo, documentid: 99 })).toMatchObject({ status: 0 });
    expect((await eventsOf(api)).map(({ path }) => path)).toEqual(['/event_file_create', '/event_file_change']);
  });

  test('answers while the app still handles its event, and `settled` waits for it', async () => {
    const held = Promise.withResolvers<undefined>();
    const server = createServer((_request, response) => {
      void held.promise.then(() => response.end('{"status":true,"error":""}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const api = await openApi();
    const hooks = [{ modcode: 'customer', hook: 'event_customer_change', title: 'x', url }];
    await api.sandbox.accept(api.app.request({ hooks }));
    expect(await api.run('CreateUpdateCustomerByID', { customer: { id: 3101, name: 'x' } })).toMatchObject({
      status: 1,
    });
    expect(api.sandbox.state.deliveries).toEqual([]);
    held.resolve(undefined);
    await api.sandbox.settled();
    expect(api.sandbox.state.deliveries).toMatchObject([{ ok: true }]);
  });

  test('sends one event after the other, each with the object as it was then', async () => {
    const api = await openApi();
    const commands = [1, 2, 3].map((count) => ({
      command: 'CreateUpdateInvoiceLineByID',
      invoiceline: { id: 50101, count },
    }));
    const { results } = await api.send(commands);
    expect(results).toHaveLength(3);
    expect((await eventsOf(api)).map(({ fields }) => fields['object'])).toMatchObject([
      { count: 1 },
      { count: 2 },
      { count: 3 },
    ]);
  });

  test('runs once when it comes again with the same uniqueid, and again when it failed', async () => {
    const api = await openApi();
    const again = { invoiceline: { text: 'ny' }, uniqueid: 'msgid-1-2026-01-15' };
    const lines = api.sandbox.state.invoiceLines.length;
    expect(await api.run('CreateUpdateInvoiceLineByID', again)).toEqual(
      await api.run('CreateUpdateInvoiceLineByID', again),
    );
    expect(api.sandbox.state.invoiceLines).toHaveLength(lines + 1);
    expect(await api.run('GetCustomerByID', { uniqueid: 'x' })).toMatchObject({ status: 0 });
    expect(await api.run('GetCustomerByID', { uniqueid: 'x', customerid: 3101 })).toMatchObject({ status: 1 });
  });
});

test('what people change with buttons comes with its event too, for customers and todos', async () => {
  const { sandbox, app } = await openApi();
  expect(await sandbox.changeCustomer(3101)).toMatchObject({ ok: true, object: { secondary_text: 'Ring først (1)' } });
  expect(await sandbox.changeTodo(6101, { title: 'Ændret' })).toMatchObject({ ok: true, object: { title: 'Ændret' } });
  expect(app.received.map(({ path }) => path)).toEqual(['/event_customer_change', '/event_todo_change']);
  await expect(sandbox.changeTodo(1)).rejects.toThrow('no todo with id 1');
});
