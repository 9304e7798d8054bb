import { describe, expect, test } from 'vitest';
import { openSandbox, startFakeApp, visit } from './fake-app.ts';

const noon = Date.UTC(2026, 5, 15, 10, 0, 0);

async function openConnected() {
  const [sandbox, app] = [await openSandbox({ now: () => noon }), await startFakeApp()];
  await sandbox.accept(app.request());
  app.received.length = 0;
  return { sandbox, app };
}

describe('an event', () => {
  test('goes out multipart, with the whole object as JSON in one field, as PHP writes JSON', async () => {
    const { sandbox, app } = await openConnected();
    const sent = await sandbox.changeInvoiceLine(50103, { count: 4 });
    expect(sent).toMatchObject({ ok: true, error: '', status: 200, body: '{"status":true,"error":""}' });
    expect(sent.object).toMatchObject({
      id: 50103,
      count: 4,
      usercode: 'MÅ',
      changedate: '2026-06-15',
      changetime: '12:00:00',
    });
    expect(app.received).toHaveLength(1);
    expect(app.received[0]?.path).toBe('/events/line?key=1');
    expect(app.received[0]?.contentType).toMatch(/^multipart\/form-data; boundary=/);
    const field = /name="object"\r\n\r\n(.*)\r\n/.exec(app.received[0]?.body ?? '')?.[1] ?? '';
    expect(field).toContain('Afl\\u00f8bsrens, N\\u00f8rregade 14');
    expect(JSON.parse(field)).toEqual(sent.object);
  });

  test('goes out urlencoded, by option or by switch', async () => {
    const { sandbox, app } = await openConnected();
    await sandbox.changeProductUse(70201, undefined, { as: 'urlencoded' });
    sandbox.faults.eventsAs = 'urlencoded';
    await sandbox.sendEvent('todo', 'event_product_use_change', { object: 'as it is', other: 1 });
    expect(app.received.map((each) => each.contentType)).toEqual(Array(2).fill('application/x-www-form-urlencoded'));
    expect(new URLSearchParams(app.received[0]?.body).get('object')).toContain('"id":70201,');
    expect(app.received[1]?.body).toBe('object=as+it+is&other=1');
  });

  test('changes count, price and user in turn when nobody says what', async () => {
    const { sandbox } = await openConnected();
    expect((await sandbox.changeInvoiceLine(50101)).object).toMatchObject({ count: 2, unitprice: 1875, userid: 12 });
    expect((await sandbox.changeInvoiceLine(50101)).object).toMatchObject({ count: 2, unitprice: 1968.75, userid: 12 });
    expect((await sandbox.changeInvoiceLine(50101)).object).toMatchObject({ count: 2, userid: 13, usercode: 'MÅ' });
  });

  test.each(['{"status":1}', '{"status":"1","error":null}', ' {"status":true,"error":"","more":[]} '])(
    'succeeds when the answer is %s',
    async (event) => {
      const { sandbox, app } = await openConnected();
      app.answers.event = event;
      expect(await sandbox.changeInvoiceLine(50101)).toMatchObject({ ok: true, error: '' });
    },
  );

  test.each([
    ['{"status":false,"error":"Lageret er låst"}', 'Lageret er låst'],
    ['{"status":0}', 'without a reason'],
    ['{"error":""}', 'is JSON, but not'],
    ['{"status":"yes","error":""}', 'is JSON, but not'],
    ['[]', 'is JSON, but not'],
    ['', 'is empty'],
    ['<b>Fejl</b>', 'is not JSON'],
  ])('fails when the answer is %s, and the page shows it in red', async (event, reason) => {
    const { sandbox, app } = await openConnected();
    app.answers.event = event;
    expect(await sandbox.changeInvoiceLine(50101)).toMatchObject({
      ok: false,
      error: expect.stringContaining(reason) as string,
    });
    const { text } = await visit(`${sandbox.url}/changes`);
    expect(text).toContain('<span class="failed">Failed</span>');
    expect(text).toContain(reason);
    expect(text).not.toContain('<b>Fejl');
  });

  test('is judged by its JSON, not by the HTTP status, which the documentation does not mention', async () => {
    const { sandbox, app } = await openConnected();
    app.answers.status = 503;
    expect(await sandbox.changeInvoiceLine(50101)).toMatchObject({ ok: true, status: 503 });
  });

  test('fails when nobody asked for it, and when the app is gone', async () => {
    const sandbox = await openSandbox();
    expect(await sandbox.changeInvoiceLine(50101)).toMatchObject({ ok: false, status: 0, deliveries: [] });
    const app = await startFakeApp();
    const hooks = [{ modcode: 'invoice', hook: 'event_invoice_line_change', title: 'x', url: 'http://127.0.0.1:1/' }];
    await sandbox.accept(app.request({ hooks }));
    const error = expect.stringContaining('no answer came') as string;
    expect(await sandbox.changeInvoiceLine(50101)).toMatchObject({ ok: false, status: 0, error });
  });

  test('goes to every url that was registered for it, and tells the failure', async () => {
    const [sandbox, app, failing] = [await openSandbox(), await startFakeApp(), await startFakeApp()];
    sandbox.faults.reconnect = 'add';
    await sandbox.accept(failing.request());
    await sandbox.accept(app.request());
    failing.answers.event = 'no';
    const sent = await sandbox.changeInvoiceLine(50101);
    expect(sent.deliveries.map((delivery) => delivery.ok)).toEqual([false, true]);
    expect(sent).toMatchObject({ ok: false, body: 'no' });
    sandbox.faults.reconnect = 'replace';
    expect((await sandbox.changeInvoiceLine(50101)).deliveries).toHaveLength(1);
    const [first] = sandbox.connections;
    const chosen = first === undefined ? {} : { connection: first };
    expect(await sandbox.changeInvoiceLine(50101, {}, chosen)).toMatchObject({ ok: false, body: 'no' });
  });

  test('is sent by the button, which shows the answer', async () => {
    const { sandbox, app } = await openConnected();
    expect(await visit(`${sandbox.url}/changes/product-use/70202`, {})).toMatchObject({
      status: 303,
      to: '/changes?sent=1',
    });
    expect(app.received).toHaveLength(1);
    expect((await visit(`${sandbox.url}/changes?sent=1`)).text).toContain('<span class="ok">OK</span>');
    expect(await visit(`${sandbox.url}/changes/product-use/1`, {})).toMatchObject({ status: 404 });
    expect(await visit(`${sandbox.url}/changes/nonsense/70202`, {})).toMatchObject({ status: 404 });
  });
});
