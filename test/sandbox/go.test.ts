import { describe, expect, test } from 'vitest';
import { openSandbox } from './fake-app.ts';

async function openGo() {
  const sandbox = await openSandbox({ now: () => Date.UTC(2026, 0, 15, 11, 30, 5) });
  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const cookie = { cookie: `other=1; access_token=${sandbox.goToken}` };
    const response = await fetch(`${sandbox.goUrl}/${path}`, {
      method,
      ...json,
      headers: { ...cookie, ...type, ...headers },
    });
    return { status: response.status, document: (await response.json()) as Record<string, unknown> };
  }
  return { sandbox, call };
}

const explained = (status: number) => ({
  status,
  document: { error: true, http_response_code: status, message: expect.any(String) as string },
});
const [now, before] = [
  '2026-01-15 11:30:05',
  { create_date: '2025-01-06 08:00:00', change_date: '2025-03-14 09:30:00' },
];
const isUser = (id: number) => encodeURIComponent(JSON.stringify({ type: 'Match', fieldname: 'user_ref', value: id }));

describe('the GO API', () => {
  test('reads one, reads all, creates, updates what is given, and deletes', async () => {
    const { call } = await openGo();
    const made = { __api_generated: now };
    expect(await call('GET', 'assignment/121')).toEqual({
      status: 200,
      document: { assignment_id: 121, task_ref: 101, user_ref: 2, ...before, ...made },
    });
    const created = await call('POST', 'assignment', { task_ref: 101, user_ref: 1 });
    const fresh = { assignment_id: 122, task_ref: 101, create_date: now, change_date: now, ...made };
    expect(created).toEqual({ status: 201, document: { ...fresh, user_ref: 1 } });
    expect(await call('POST', 'assignment/122', { user_ref: 2 })).toEqual({
      status: 200,
      document: { ...fresh, user_ref: 2 },
    });
    expect((await call('GET', `assignment?query=${isUser(2)}`)).document).toHaveLength(2);
    expect((await call('GET', `assignment?query=${isUser(1)}`)).document).toHaveLength(0);
    expect(await call('DELETE', 'assignment/122')).toEqual({ status: 200, document: { file_deleted: true } });
    expect(await call('GET', 'assignment/122')).toEqual(explained(404));
  });

  test('takes the token as cookie or in the query, and answers 401 without, or when it has expired', async () => {
    const { sandbox, call } = await openGo();
    expect(await call('GET', 'currentuser')).toMatchObject({ status: 200, document: { user_id: 1 } });
    const none = { cookie: '' };
    expect(await call('GET', `currentuser?access_token=${sandbox.goToken}`, undefined, none)).toMatchObject({
      status: 200,
    });
    const bearer = { cookie: 'access_token=old', authorization: `Bearer ${sandbox.goToken}` };
    expect(await call('GET', 'currentuser', undefined, bearer)).toMatchObject({ status: 200 });
    expect(await call('GET', 'currentuser', undefined, none)).toEqual(explained(401));
    expect(await call('GET', 'nonsense', undefined, none)).toEqual(explained(401));
    sandbox.expireGoTokens();
    expect(await call('GET', 'currentuser')).toEqual(explained(401));
    const login = { username: 'anne@nordvest-service.example', password: 'sandbox' };
    expect(await call('POST', 'login', { ...login, password: 'x' }, none)).toEqual(explained(401));
    const { access_token: token } = (await call('POST', 'login', login, none)).document;
    expect(await call('GET', 'currentuser', undefined, { cookie: `access_token=${String(token)}` })).toMatchObject({
      status: 200,
    });
  });

  test('registers a user, once', async () => {
    const { call } = await openGo();
    const account = { username: 'ny@app.example', password: 'hemmelig' };
    expect(await call('POST', 'register', account)).toMatchObject({
      status: 201,
      document: { access_token: expect.stringMatching(/^[0-9a-f]{40}$/) as string },
    });
    expect(await call('POST', 'register', account)).toEqual(explained(400));
  });

  test.each([
    ['GET', 'nonsense', undefined, 404],
    ['GET', 'constructor', undefined, 404],
    ['GET', 'company/2', undefined, 403],
    ['POST', 'company/2', { phone: '1' }, 403],
    ['POST', 'cancelsubscription/2', {}, 403],
    ['DELETE', 'company/1', undefined, 405],
    ['PUT', 'task/101', {}, 405],
    ['POST', 'currentuser', {}, 405],
    ['DELETE', 'assignment', undefined, 404],
    ['GET', 'task/abc', undefined, 404],
    ['GET', 'task/101/close/now', undefined, 404],
    ['POST', 'task/101', undefined, 400],
    ['POST', 'task/101', 0, 400],
    ['POST', 'task', [], 400],
    ['POST', 'assignment/121', { task_ref: 999 }, 400],
    ['POST', 'task/101', [1], 400],
    ['POST', 'deviceid', { platform_name: 'windows', device_id_string: 'x' }, 400],
    ['POST', 'task/101', { photo: 'bytes' }, 400],
    ['POST', 'task/101', { photo: { action: 'add', filename: 'a', mimetype: 'b', binary: 'æ' } }, 400],
  ])('%s %s %j is %i', async (method, path, body, status) => {
    expect(await (await openGo()).call(method, path, body)).toEqual(explained(status));
  });

  test('keeps files behind an ID, shows their bytes when asked, and forgets them', async () => {
    const { call } = await openGo();
    const file = { filename: 'a.jpg', mimetype: 'image/jpeg', binary: '/9j/4A==' };
    const written = await call('POST', 'task/101', { photo: { action: 'add', ...file } });
    const named = { filename: file.filename, mimetype: file.mimetype };
    expect(written.document['photo']).toEqual(named);
    expect((await call('GET', 'task/101')).document['photo']).toEqual(named);
    expect((await call('GET', 'task/101?include_binary_data=1')).document['photo']).toEqual(file);
    expect((await call('POST', 'task/101', { photo: { action: 'remove' } })).document['photo']).toBeNull();
  });

  test('answers the objects that have no key', async () => {
    const { call } = await openGo();
    expect(await call('GET', 'paymenturl')).toMatchObject({
      status: 200,
      document: { url: expect.stringMatching(/^http/) as string },
    });
    expect(await call('POST', 'deviceid', { platform_name: 'ios', device_id_string: 'x' })).toMatchObject({
      status: 201,
    });
    const about = { got_subscription: true, end_date: '2026-12-31' };
    expect((await call('GET', 'subscriptioninformation')).document).toMatchObject({ ...about, renewing: true });
    expect(await call('POST', 'cancelsubscription/1')).toMatchObject({ status: 200 });
    expect((await call('GET', 'subscriptioninformation')).document).toMatchObject({ ...about, renewing: false });
  });

  test('fails by switch', async () => {
    const { sandbox, call } = await openGo();
    sandbox.faults.go = 'unauthorized';
    expect(await call('GET', 'task/101')).toEqual(explained(401));
    sandbox.faults.go = 'http-500';
    expect(await call('GET', 'task/101')).toEqual(explained(500));
    sandbox.faults.go = 'html';
    await expect(call('GET', 'task/101')).rejects.toThrow(SyntaxError);
  });
});
