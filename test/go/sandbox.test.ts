import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/microbizz/domain/secret.ts';
import { readFile } from '../../src/microbizz/go/file-field.ts';
import { objects } from '../../src/microbizz/go/objects.ts';
import { openGo } from '../../src/microbizz/go/open-go.ts';
import { startSandbox } from '../../src/tools/sandbox/start-sandbox.ts';

/** A client of the sandbox' GO API, whose first call logs in. */
async function start() {
  const sandbox = await startSandbox({ publicid: 'test-publicid', secretkey: 'test-secretkey' });
  onTestFinished(() => sandbox.close());
  let logins = 0;
  const go = openGo({
    url: `${sandbox.url}/go/api.php`,
    token: undefined,
    renew: (): Promise<Secret> => {
      logins++;
      return go.login({ username: 'anne@nordvest-service.example', password: new Secret('sandbox') });
    },
  });
  return { sandbox, go, logins: () => logins };
}

const match = (fieldname: string, value: string | number) => ({
  query: JSON.stringify({ type: 'Match', fieldname, value }),
});

/** What is tried of each object; the test of names below sees that none is left out. */
const tried: Readonly<Record<string, (go: ReturnType<typeof openGo>) => Promise<void>>> = {
  async assignment(go) {
    const { assignment_id: id = '' } = await go.assignment.create({ task_ref: 101, user_ref: 1 });
    expect(await go.assignment.find(match('user_ref', 1))).toMatchObject([{ assignment_id: id, task_ref: 101 }]);
    expect(await go.assignment.update(id, { user_ref: 2 })).toMatchObject({ task_ref: 101, user_ref: 2 });
    await go.assignment.delete(id);
    await expect(go.assignment.get(id)).rejects.toMatchObject({ kind: 'not-found', status: 404 });
  },
  async connection(go) {
    const { connection_id: id = '' } = await go.connection.create({ company_ref: 1, foreigncompany_ref: 72 });
    await go.connection.update(id, { outgoing_connection: true, text: 'Hej' });
    expect(await go.connection.get(id)).toMatchObject({
      foreigncompany_ref: 72,
      outgoing_connection: true,
      text: 'Hej',
    });
    await go.connection.delete(id);
    expect(await go.connection.find(match('foreigncompany_ref', 72))).toEqual([]);
  },
  async cancelsubscription(go) {
    await go.cancelsubscription.update(1);
    expect((await go.subscriptioninformation.get()).renewing).toBe(false);
    await expect(go.cancelsubscription.update(2)).rejects.toMatchObject({ kind: 'forbidden' });
  },
  async company(go) {
    const logo = Uint8Array.of(137, 80, 0, 255);
    await go.company.update(1, {
      phone: '98 11 22 33',
      logo: { action: 'add', filename: 'logo.png', mimetype: 'image/png', binary: logo },
    });
    const bare = await go.company.get(1);
    expect(bare).toMatchObject({ companyname: 'Nordvest Service ApS', phone: '98 11 22 33' });
    expect(bare['logo']).toEqual({ filename: 'logo.png', mimetype: 'image/png' });
    expect(readFile((await go.company.get(1, { binary: true }))['logo'])).toEqual(logo);
    await go.company.update(1, { logo: { action: 'remove' } });
    expect((await go.company.get(1, { binary: true }))['logo']).toBeNull();
    await expect(go.company.get(2)).rejects.toMatchObject({ kind: 'forbidden', status: 403 });
  },
  async currentuser(go) {
    expect(await go.currentuser.get()).toMatchObject({ name: 'Anne Holm' });
  },
  async deviceid(go) {
    expect(await go.deviceid.create({ platform_name: 'ios', device_id_string: 'abc' })).toEqual({});
    await expect(go.request('POST', 'deviceid', { body: { platform_name: 'beos' } })).rejects.toMatchObject({
      kind: 'bad-request',
      message: 'GO did not understand the request (400): platform_name must be android or ios.',
    });
  },
  async foreigncompany(go) {
    expect(await go.foreigncompany.get(72)).toMatchObject({ companyname: 'Søgård & Søn ApS' });
    expect(await go.foreigncompany.find(match('city', 'Aalborg'))).toHaveLength(1);
    await expect(go.request('DELETE', 'foreigncompany', { id: 72 })).rejects.toMatchObject({ kind: 'wrong-method' });
  },
  async notification(go) {
    expect(await go.notification.update(131, { is_read: true })).toMatchObject({ is_read: true });
    expect(await go.notification.get(131)).toMatchObject({ related_object: { object: 'task', id: 101 } });
    await go.notification.delete(131);
    expect(await go.notification.find()).toEqual([]);
  },
  async paymenturl(go) {
    expect((await go.paymenturl.get()).url).toMatch(/^http/);
  },
  async subscriptioninformation(go) {
    expect(await go.subscriptioninformation.get()).toMatchObject({ got_subscription: true, unit_price: 49 });
  },
  async task(go) {
    const { task_id: id = '' } = await go.task.create({ foreigncompany_ref: 71, taskname: 'Ny lås' });
    await go.task.update(id, { description: 'I kælderen' });
    expect(await go.task.get(id)).toMatchObject({ taskname: 'Ny lås', description: 'I kælderen' });
  },
  async tasknote(go) {
    expect(await go.tasknote.create({ task_ref: 101, text: 'Æ' })).toMatchObject({ text: 'Æ' });
    expect(await go.tasknote.find(match('task_ref', 101))).toHaveLength(2);
  },
  async user(go) {
    expect(await go.user.get(2)).toMatchObject({ name: 'Mette Ågaard' });
  },
  async login(go) {
    const wrong = go.login({ username: 'anne@nordvest-service.example', password: new Secret('guessed') });
    await expect(wrong).rejects.toMatchObject({ kind: 'unauthorised', status: 401 });
  },
  async register(go) {
    await go.register({ username: 'ny@nordvest-service.example', password: new Secret('hest') });
    expect(await go.currentuser.get()).toMatchObject({ name: 'ny@nordvest-service.example' });
  },
};

test('every object of the table is tried', () => {
  expect(Object.keys(tried)).toEqual(Object.keys(objects));
});

test.each(Object.keys(tried))('%s works against the sandbox', async (name) => {
  const { go } = await start();
  await tried[name]?.(go);
});

test.each(['company', 'task', 'tasknote', 'assignment', 'connection', 'notification', 'user'] as const)(
  'an object of %s that was just read can be written back, with its bytes and without',
  async (name) => {
    const { sandbox, go } = await start();
    const file = { action: 'add', filename: 'a.png', mimetype: 'image/png', binary: Uint8Array.of(1, 2) } as const;
    await go.company.update(1, { logo: file });
    const id = Number(sandbox.state.go.records[name]?.[0]?.[`${name}_id`]);
    const client = go[name] as {
      get(id: number, options?: object): Promise<Record<string, unknown>>;
      update(id: number, fields: object): Promise<Record<string, unknown>>;
    };
    for (const binary of [false, true]) {
      const read = await client.get(id, { binary });
      expect(read).toHaveProperty('__api_generated');
      const written = await client.update(id, read);
      const moment = expect.any(String) as string;
      expect(written).toEqual({ ...(await client.get(id)), change_date: moment, __api_generated: moment });
    }
    const [, other] = [await client.get(id), { [`${name}_id`]: id + 1 }];
    await expect(client.update(id, other)).rejects.toMatchObject({ kind: 'input' });
  },
);

test('what the API does not take is refused with every reason, not dropped', async () => {
  const { go } = await start();
  const nothing = go.task.update(101, {
    photo: { filename: 'a', mimetype: 'b', binary: Uint8Array.of(1) },
    color: 'red',
  });
  await expect(nothing).rejects.toMatchObject({
    kind: 'bad-request',
    message: expect.stringMatching(/photo.*color/) as string,
  });
});

test('a fault of the API is an error of its kind, and an expired token is renewed by logging in', async () => {
  const { sandbox, go, logins } = await start();
  await go.task.find();
  sandbox.state.go.tokens.clear();
  await go.task.find();
  expect(logins()).toBe(2);
  for (const [fault, kind] of [
    ['http-500', 'server'],
    ['html', 'answer'],
    ['unauthorized', 'unauthorised'],
  ] as const) {
    sandbox.faults.go = fault;
    await expect(go.task.find()).rejects.toMatchObject({ kind });
  }
});
