import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { PageHook } from '../../src/server/interfaces/define-page.ts';
import { sealPass, type Pass, type Place } from '../../src/server/interfaces/pass.ts';
import { hookPath } from '../../src/microbizz/domain/hook.ts';
import { interfacePurpose } from '../../src/server/http/purposes.ts';
import { connect, startServer, startTestSandbox, type TestServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';

/** A page or action of the app, as the app itself lists them. */
interface Target {
  readonly hook: PageHook;
  readonly kind: 'page' | 'action';
  readonly name: string;
  /** Names that its query or form reads. */
  readonly fields: readonly string[];
}

function listTargets(pages: readonly PageHook[]): Target[] {
  const fieldsOf = (schema: z.ZodType | undefined): string[] =>
    Object.keys((schema as z.ZodObject | undefined)?.shape ?? {});
  return pages.flatMap((hook) => [
    { hook, kind: 'page' as const, name: '', fields: fieldsOf(hook.query) },
    ...Object.entries(hook.pages ?? {}).map(([name, page]) => ({
      ...{ hook, kind: 'page' as const, name },
      fields: fieldsOf(page.query),
    })),
    ...Object.entries(hook.actions ?? {}).map(([name, action]) => ({
      ...{ hook, kind: 'action' as const, name },
      fields: fieldsOf(action.form),
    })),
  ]);
}

interface Side {
  readonly mark: string;
  readonly tenantId: number;
  readonly installationId: string;
  readonly origin: string;
  /** A session of each of its two users. */
  readonly users: readonly { readonly userid: string; readonly sessiontoken: string }[];
  readonly objectId: string;
  readonly eventId: number;
  readonly forwardId: number;
}

const invoiceLine = 'invoice/event_invoice_line_change';

async function startSide(server: TestServer, mark: string, objectId: number): Promise<Side> {
  const sandbox = await startTestSandbox({ contract: `contract-${mark}` });
  const request = await connect(server, sandbox);
  const object = { id: objectId, text: `text-${mark}`, userid: '12', usercode: 'JSØ' };
  await sandbox.sendEvent('invoice', 'event_invoice_line_change', { object });
  const { connections, history, forwards } = server.services;
  const tenant = (await connections.listTenants()).find(({ contract }) => contract === sandbox.contract);
  const tenantId = tenant?.id ?? 0;
  const forward = await forwards.add({ tenantId, url: `https://${mark}.example/hook` });
  await forwards.pause(forward.id);
  const [change] = await until(async () => {
    const { changes } = await history.listChanges(tenantId, {}, { limit: 1 });
    return changes.length > 0 && changes;
  }, 'the change');
  return {
    mark,
    tenantId,
    installationId: request.negotiateurl.split('/').at(-1)?.slice(0, 22) ?? '',
    origin: sandbox.url,
    users: [11, 12].map((userid) => ({ userid: String(userid), sessiontoken: sandbox.openSession(userid) })),
    objectId: String(objectId),
    eventId: change?.eventId ?? 0,
    forwardId: forward.id,
  };
}

async function start() {
  const server = await startServer({ world: { lookup: () => Promise.resolve(['93.184.216.34']) } });
  // Ids are counted by table, so that one side's event is no forward of the other by chance.
  const one = await startSide(server, 'one', 501);
  const two = await startSide(server, 'two', 502);
  return { server, one, two, targets: listTargets(server.services.app.pages) };
}

const now = (): number => Date.now();
const old = (): Pick<Pass, 'openedAt' | 'checkedAt'> => ({ openedAt: now() - 60_000, checkedAt: 0 });

interface Ask {
  readonly server: TestServer;
  readonly key: Side;
  readonly target: Target;
  readonly pass: string;
  readonly values?: Readonly<Record<string, string>>;
}

async function ask({
  server,
  key,
  target,
  pass,
  values = {},
}: Ask): Promise<{ status: number; text: string; what: string }> {
  const { hook, kind, name } = target;
  const url = `/interfaces/${server.services.keyring.mint(key.installationId, interfacePurpose(hook))}/${hookPath(hook)}`;
  const path = name === '' ? url : `${url}/${name}`;
  const fields = new URLSearchParams({ ...values, pass }).toString();
  const answer =
    kind === 'page'
      ? await server.server.inject({ method: 'GET', url: `${path}?${fields}` })
      : await server.server.inject({
          method: 'POST',
          url: path,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          payload: fields,
        });
  const text = answer.body + JSON.stringify(answer.headers);
  return { status: answer.statusCode, text, what: `${kind} ${hookPath(hook)} ${name} ${JSON.stringify(values)}` };
}

const placeOf = (side: Side, { hook, kind, name }: Target): Place => ({
  ...{ installationId: side.installationId, hook, kind, name },
});

/** Everything of a side that somebody could change. */
async function stateOf({ services }: TestServer, { tenantId }: Side): Promise<unknown> {
  const { forwards, store } = services;
  const all = (await forwards.list(tenantId)).map((forward) => ({
    ...forward,
    secrets: forward.secrets.map(({ secret, until: end }) => [secret.reveal(), end]),
  }));
  const retention = await store.retention.find(tenantId);
  return { all, retention, events: await store.operator.listEvents({ tenantId }, { limit: 100 }) };
}

test('every route of the app is known here: a new one that shows pages belongs into these tests', async () => {
  const server = await startServer();
  const printed = server.server.printRoutes({ commonPrefix: false, includeHooks: false });
  const routes = [...printed.matchAll(/([\w:/-]+) \(([A-Z, ]+)\)/g)].map(([, path, methods]) => `${methods} ${path}`);
  expect(routes.sort()).toEqual([
    'GET, HEAD /connect',
    'GET, HEAD /health/live',
    'GET, HEAD /health/ready',
    // Of /interfaces/:key/:modcode/:hook.
    'GET, HEAD, POST /:name',
    'GET, POST, HEAD /return/:key',
    'POST /events/:key/:modcode/:hook',
    'POST /negotiate/:key',
    'POST, GET, HEAD /interfaces/:key/:modcode/:hook',
  ]);
  expect(listTargets(server.services.app.pages).length).toBeGreaterThan(15);
});

test('no pass of another tenant, user, session, hook, page or action gives anything but a refusal', async () => {
  const { server, one, two, targets } = await start();
  const { keyring } = server.services;
  const before = [await stateOf(server, one), await stateOf(server, two)];
  let asked = 0;

  async function expectRefusal(about: Omit<Ask, 'server'>): Promise<void> {
    const { status, text, what } = await ask({ server, ...about });
    asked += 1;
    const leaks = [one.mark, two.mark].filter(
      (mark) => text.includes(`text-${mark}`) || text.includes(`${mark}.example`),
    );
    expect({ what, status, leaks }).toEqual({ what, status: expect.toSatisfy(isRefusal) as number, leaks: [] });
  }

  for (const [key, other] of [
    [one, two],
    [two, one],
  ] as const) {
    const [first, second] = key.users as [Side['users'][0], Side['users'][0]];
    const [stranger] = other.users as [Side['users'][0]];
    const own = { tenantId: key.tenantId, variables: {}, language: undefined, ...old() };
    for (const target of targets) {
      const here = placeOf(key, target);
      const wrong: [Place, Pass][] = [
        // In the right place, but of another tenant, another tenant's session, another user, or made up.
        [here, { ...own, ...first, tenantId: other.tenantId }],
        [here, { ...own, ...stranger, tenantId: other.tenantId }],
        [here, { ...own, ...stranger }],
        [here, { ...own, ...first, userid: second.userid }],
        [here, { ...own, ...first, sessiontoken: second.sessiontoken }],
        [here, { ...own, ...first, sessiontoken: 'made-up' }],
      ];
      for (const side of [one, two])
        for (const elsewhere of targets)
          if (side !== key || elsewhere !== target)
            for (const tenant of [one, two])
              wrong.push([
                placeOf(side, elsewhere),
                { ...own, ...(tenant.users[0] ?? first), tenantId: tenant.tenantId },
              ]);
      for (const [place, pass] of wrong) await expectRefusal({ key, target, pass: sealPass(keyring, place, pass) });
      await expectRefusal({ key, target, pass: '', values: { sessiontoken: stranger.sessiontoken } });
    }
  }
  expect([await stateOf(server, one), await stateOf(server, two)]).toEqual(before);
  expect(asked).toBeGreaterThan(targets.length ** 2 * 4);
});

test('with a good pass, ids of another tenant’s objects, events and forwards give nothing of it and change nothing', async () => {
  const { server, one, two, targets } = await start();
  const { keyring } = server.services;
  const before = await stateOf(server, two);
  for (const user of one.users) {
    for (const target of targets) {
      const pass = sealPass(keyring, placeOf(one, target), {
        ...{ tenantId: one.tenantId, variables: { id: '12', usercode: 'JSØ' }, language: undefined, ...user, ...old() },
      });
      const guesses: Record<string, string> = {
        kind: invoiceLine,
        modcode: 'invoice',
        hook: 'event_invoice_line_change',
      };
      for (const id of [two.forwardId, two.eventId, two.objectId, two.tenantId].map(String)) {
        const values = Object.fromEntries(target.fields.map((name) => [name, guesses[name] ?? id]));
        // Also as if it were an own forward's: a replay of another's event.
        for (const given of [values, ...('event' in values ? [{ ...values, id: String(one.forwardId) }] : [])]) {
          const { status, text, what } = await ask({
            server,
            key: one,
            target,
            pass,
            values: { ...given, tenant: id },
          });
          const leak = /text-two|two\.example|contract-two/.exec(text)?.[0];
          expect({ what, status, leak }).toEqual({
            what,
            status: expect.toSatisfy(isAnswer) as number,
            leak: undefined,
          });
          if (given['id'] === String(two.forwardId) && hookPath(target.hook) === 'invoice/settings')
            expect({ what, status }).toEqual({ what, status: expect.toSatisfy(isRefusal) as number });
        }
      }
    }
  }
  expect(await stateOf(server, two)).toEqual(before);
});

test('and with their own they do work: what is refused above is refused for its owner’s sake', async () => {
  const { server, one, targets } = await start();
  const { keyring } = server.services;
  const [user] = one.users;
  if (user === undefined) throw new Error('no user');
  const statuses = [];
  for (const target of targets.filter(({ name }) => !['remove', 'test', 'run-gaps'].includes(name))) {
    const own = { tenantId: one.tenantId, variables: { id: '12', usercode: 'JSØ' }, language: undefined };
    const pass = sealPass(keyring, placeOf(one, target), { ...own, ...user, ...old() });
    const isObject = target.name === 'object';
    const values = {
      ...{ kind: isObject ? invoiceLine : '', id: isObject ? one.objectId : String(one.forwardId) },
      ...{ event: String(one.eventId), url: 'https://three.example/', days: '30' },
    };
    const { status, text, what } = await ask({ server, key: one, target, pass, values });
    statuses.push([what, status]);
    if (target.kind === 'page') expect(text).toMatch(/text-one|one\.example/);
  }
  expect(statuses.filter(([, status]) => status !== 200 && status !== 303)).toEqual([]);
});

function isRefusal(status: unknown): boolean {
  return status === 401 || status === 403 || status === 404;
}

function isAnswer(status: unknown): boolean {
  return typeof status === 'number' && status < 500;
}
