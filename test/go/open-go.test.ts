import { expect, test } from 'vitest';
import { Secret } from '../../src/microbizz/domain/secret.ts';
import { readFile } from '../../src/microbizz/go/file-field.ts';
import { GoError } from '../../src/microbizz/go/go-error.ts';
import { openGo } from '../../src/microbizz/go/open-go.ts';
import { until } from '../support/until.ts';
import { startFakeGo, type FakeGo } from './start-fake-go.ts';

const token = new Secret('5f0c;91=a');

async function start(options: Partial<Parameters<typeof openGo>[0]> = {}) {
  const fake = await startFakeGo();
  return { fake, go: openGo({ url: fake.url, token, ...options }) };
}

async function failing(act: Promise<unknown>): Promise<GoError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GoError);
  return error as GoError;
}

function bodies({ seen }: FakeGo): unknown[] {
  return seen.map(({ body }) => (body === '' ? undefined : (JSON.parse(body) as unknown)));
}

test('each act is its method, address and body, and the token is a cookie', async () => {
  const { fake, go } = await start();
  fake.answer = ({ method, path }) =>
    method === 'POST' ? [201, { assignment_id: 8 }] : [200, path.includes('?') ? [] : { assignment_id: 7 }];
  await go.assignment.get(7);
  await go.assignment.find({ task_ref: 3, mine: true, none: undefined });
  expect(await go.assignment.create({ task_ref: 3, user_ref: 4 })).toEqual({ assignment_id: 8 });
  await go.assignment.update('7/..', { user_ref: 5 });
  await go.assignment.delete(7);
  expect(fake.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /assignment/7',
    'GET /assignment?task_ref=3&mine=1',
    'POST /assignment',
    'POST /assignment/7%2F..',
    'DELETE /assignment/7',
  ]);
  // Fields that were left out are not sent: they are to stay as they are.
  expect(bodies(fake)).toEqual([undefined, undefined, { task_ref: 3, user_ref: 4 }, { user_ref: 5 }, undefined]);
  expect(fake.seen.every(({ cookie }) => cookie === 'access_token=5f0c%3B91%3Da')).toBe(true);
});

test('fields are read by their types, and what is not documented passes through', async () => {
  const { fake, go } = await start();
  fake.answer = () => [200, [{ notification_id: '9', is_read: '0', text: null, related_object: null, color: 'red' }]];
  expect(await go.notification.get(9)).toEqual({
    notification_id: '9',
    is_read: false,
    text: null,
    related_object: null,
    color: 'red',
  });
  fake.answer = () => [200, { got_subscription: 1, end_date: false, unit_price: '49.50' }];
  expect(await go.subscriptioninformation.get()).toEqual({ got_subscription: true, end_date: false, unit_price: 49.5 });
  await go.notification.update(9, { is_read: true, color: 'blue' });
  expect(bodies(fake)[2]).toEqual({ is_read: true, color: 'blue' });
});

test('an answer that is not what is documented is an error that says so', async () => {
  const { fake, go } = await start();
  for (const [document, says] of [
    [{ id: 7 }, "GO's answer is not what is documented of task (task_id: "],
    [[], 'GO answered 0 of task where one was asked for.'],
    [[{ task_id: 1 }, { task_id: 2 }], 'GO answered 2 of task where one was asked for.'],
    ['<html>', 'GO answered with something that is not JSON.'],
  ] as const) {
    fake.answer = () => [200, document];
    const error = await failing(go.task.get(7));
    expect([error.kind, error.message]).toEqual(['answer', expect.stringContaining(says)]);
  }
  // A write that answers nothing was carried out all the same.
  for (const nothing of ['', 'null', '[]']) {
    fake.answer = () => [200, nothing];
    expect(await go.task.update(7, {})).toEqual({});
  }
});

test('every documented status is an error of its kind, with its document and without the token', async () => {
  const { fake, go } = await start();
  for (const [status, kind] of [
    [400, 'bad-request'],
    [401, 'unauthorised'],
    [403, 'forbidden'],
    [404, 'not-found'],
    [405, 'wrong-method'],
    [500, 'server'],
    [418, 'answer'],
  ] as const) {
    fake.answer = () => [status, { message: `No, ${token.reveal()}`, code: 17 }];
    const error = await failing(go.task.get(7));
    expect(error).toMatchObject({ kind, status, document: { message: 'No, [hidden]', code: 17 } });
    expect(error.message).toContain(`${status}`);
    expect(error.message).toContain(': No, [hidden]');
  }
  fake.answer = () => [500, '<b>Fatal error</b>'];
  expect(await failing(go.task.get(7))).toMatchObject({ kind: 'server', message: 'GO failed (500).' });
});

test('a redirect is not followed', async () => {
  const { fake, go } = await start();
  fake.answer = () => [302, {}, { location: `${fake.url}/elsewhere` }];
  expect((await failing(go.task.get(7))).message).toContain('a redirect, which is not followed');
  expect(fake.seen).toHaveLength(1);
});

test.each([
  ['while all wait for it', 20],
  ['before most of them are refused', 1],
])('an expired token is renewed once for all, %s', async (_when, refused) => {
  let renewals = 0;
  const renew = async (): Promise<Secret> => {
    const fresh = new Secret(`fresh${++renewals}`);
    await until(() => fake.seen.length >= refused);
    return fresh;
  };
  const { fake, go } = await start({ renew });
  fake.answer = ({ cookie }) => (cookie === 'access_token=fresh1' ? [200, { task_id: 1 }] : [401, {}]);
  await Promise.all(Array.from({ length: 20 }, () => go.task.get(1)));
  await go.task.get(1);
  expect(renewals).toBe(1);
  // Each request was sent once more, and the last one only once.
  expect(fake.seen).toHaveLength(41);

  fake.answer = () => [401, { error: 'expired' }];
  expect(await failing(go.task.get(1))).toMatchObject({ kind: 'unauthorised', status: 401 });
  expect(renewals).toBe(2);
  expect(fake.seen).toHaveLength(43);
});

test('a renewal that fails is told with its cause, and the next call tries it again', async () => {
  let renewals = 0;
  const cause = new Error('the person went away');
  const renew = (): Promise<Secret> => {
    renewals++;
    return Promise.reject(cause);
  };
  const { fake, go } = await start({ token: undefined, renew });
  fake.answer = () => [401, {}];
  expect(await failing(go.task.get(1))).toMatchObject({ kind: 'unauthorised', cause });
  await failing(go.task.get(1));
  expect(renewals).toBe(2);
  expect(fake.seen.map(({ cookie }) => cookie)).toEqual([undefined, undefined]);
});

test('a login gets a token for this client, and its password is in no error', async () => {
  const { fake, go } = await start();
  const person = { username: 'jens', password: new Secret('hest"123') };
  fake.answer = () => [401, { message: 'hest"123 is wrong' }];
  const error = await failing(go.login(person));
  expect(JSON.stringify([error.message, error.document])).not.toContain('123');
  expect(fake.seen).toHaveLength(1);

  fake.answer = ({ path }) => (path === '/login' ? [200, { access_token: 'new' }] : [200, { url: 'https://pay' }]);
  expect((await go.login(person)).reveal()).toBe('new');
  expect(bodies(fake)[1]).toEqual({ username: 'jens', password: 'hest"123' });
  await go.paymenturl.get();
  expect(fake.seen.map(({ cookie }) => cookie)).toEqual([undefined, undefined, 'access_token=new']);

  fake.answer = () => [201, {}, { 'set-cookie': 'access_token=a%2Bb; path=/' }];
  expect((await go.register({ name: 'Jens' })).reveal()).toBe('a+b');
  fake.answer = () => [201, {}];
  expect((await failing(go.register({}))).message).toBe('GO answered register without an access token.');
});

test('a login may be the renewal', async () => {
  const fake = await startFakeGo();
  const go = openGo({
    url: fake.url,
    token: undefined,
    renew: (): Promise<Secret> => go.login({ username: 'jens', password: new Secret('hest') }),
  });
  fake.answer = ({ path, cookie }) => {
    if (path === '/login') return [200, { access_token: 'new' }];
    return cookie === 'access_token=new' ? [200, []] : [401, {}];
  };
  expect(await go.task.find()).toEqual([]);
  expect(fake.seen.map(({ path }) => path)).toEqual(['/task', '/login', '/task']);
});

test('the bytes of a file go out as base64 and come back as bytes', async () => {
  const { fake, go } = await start();
  const binary = Uint8Array.from({ length: 256 }, (_, at) => at);
  await go.company.update(1, { logo: { action: 'add', filename: 'ø.png', mimetype: 'image/png', binary } });
  await go.company.update(1, { logo: { action: 'remove' } });
  const base64 = Buffer.from(binary).toString('base64');
  expect(bodies(fake)).toEqual([
    { logo: { action: 'add', filename: 'ø.png', mimetype: 'image/png', binary: base64 } },
    { logo: { action: 'remove' } },
  ]);
  fake.answer = () => [200, { company_id: 1, logo: base64, photo: { filename: 'x', binary: base64 }, other: 12 }];
  const read = await go.company.get(1, { binary: true });
  expect(fake.seen[2]?.path).toBe('/company/1?include_binary_data=1');
  expect(readFile(read['logo'])).toEqual(binary);
  expect(readFile(read['photo'])).toEqual(binary);
  expect(readFile(read['other'])).toBeUndefined();
  expect(() => readFile('no base64!')).toThrow('does not hold base64');
});

test('what cannot be right is refused before anything is sent', async () => {
  const { fake, go } = await start();
  for (const [act, says] of [
    [() => go.task.get(''), 'id: expected the ID of an object, got "".'],
    [() => go.task.get('..'), 'id: expected the ID of an object, got "..".'],
    [() => go.task.find({ access_token: 'x' }), 'access_token: is sent as a cookie, never in the address.'],
    [() => go.deviceid.create({ platform_name: 'windows', device_id_string: 'x' } as never), 'platform_name: '],
    [() => go.deviceid.create({ platform_name: 'ios' } as never), 'device_id_string: '],
    [() => go.assignment.update(1, { task_ref: [] } as never), 'task_ref: '],
    [() => go.request('GET', '../secret'), '../secret: not a name of an object.'],
  ] as const) {
    expect(await failing(act())).toMatchObject({ kind: 'input', message: expect.stringContaining(says) as string });
  }
  expect(fake.seen).toEqual([]);
  expect(() => openGo({ url: 'http://example.com/api.php', token })).toThrow('must be https');
});

test('a silent, a vanished and a talkative API are errors of transport', async () => {
  const { fake, go } = await start({ timeout: 200 });
  fake.answer = () => [200, `"${'x'.repeat(33 * 1024 * 1024)}"`];
  const slow = openGo({ url: fake.url, token, timeout: 20_000 });
  expect(await failing(slow.task.get(1))).toMatchObject({ kind: 'transport', message: 'GO answered with more than 32 MiB.' }); // prettier-ignore
  fake.answer = () => [200, '{}', { 'content-length': '9' }];
  expect(await failing(go.task.get(1))).toMatchObject({ message: 'GO did not answer within 0.2 seconds.' });
  const gone = openGo({ url: 'http://127.0.0.1:1/api.php', token });
  expect(await failing(gone.task.get(1))).toMatchObject({ message: 'GO could not be reached at 127.0.0.1:1.' });
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(go.task.get(1, { signal })).rejects.toThrow('enough');
});

test('the names of objects in addresses can be replaced', async () => {
  const { fake, go } = await start({ names: { cancelsubscription: 'cancel_subscription' } });
  await go.cancelsubscription.update(31);
  expect(fake.seen).toMatchObject([{ method: 'POST', path: '/cancel_subscription/31', body: '{}' }]);
});

test('PHP’s own ways: a list with gaps as an object, and a token with a slash in an error document', async () => {
  const { fake, go } = await start({ token: new Secret('ab/cd') });
  fake.answer = () => [200, '{"0":{"task_id":1},"2":{"task_id":3}}'];
  expect(await go.task.find()).toEqual([{ task_id: 1 }, { task_id: 3 }]);
  fake.answer = () => [403, '{"message":"Not for ab\\/cd","ab\\/cd":1}'];
  const error = await failing(go.task.find());
  expect(error.message).toContain('Not for [hidden]');
  expect(error.document).toEqual({ message: 'Not for [hidden]', '[hidden]': 1 });
});
