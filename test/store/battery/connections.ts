import { countWrites } from '../../support/count-writes.ts';
import { expect } from 'vitest';
import { Secret } from '../../../src/microbizz/domain/secret.ts';
import type { Begun, Negotiated, Parked } from '../../../src/server/store/ports/connections.ts';
import type { Store } from '../../../src/server/store/ports/store.ts';
import {
  begin,
  connect,
  day,
  endpoint,
  event,
  invoice,
  noon,
  sortAll,
  solution,
  stateOf,
  type Chapter,
} from './world.ts';

async function negotiate(
  { connections }: Store,
  id: string,
  {
    now = noon,
    contract = '2391',
    token = `token of ${id}`,
    at = endpoint,
    ...more
  }: Partial<Begun> & { now?: number; contract?: string; token?: string; at?: string } = {},
): Promise<Negotiated> {
  return connections.negotiate(begin(id, more), { endpoint: at, contract, accesstoken: new Secret(token) }, now);
}
const tokenOf = async ({ connections }: Store, tenantId: number): Promise<string | undefined> =>
  (await connections.findTenant(tenantId))?.credentials.accesstoken.reveal();
const tenantOf = async ({ connections }: Store, id: string): Promise<number | undefined> =>
  (await connections.findInstallation(id))?.tenantId;

const parked = (object: unknown, size = 0): Parked => ({
  ...invoice,
  receivedAt: noon,
  fields: { object: JSON.stringify(object), ...(size > 0 && { x: 'æ'.repeat(size / 2) }) },
});
async function negotiateUnreachable(store: Store, id: string, contract = id): Promise<void> {
  await negotiate(store, id, { contract });
  await store.connections.noteFault(id, 'away', { unreachable: true });
}

export const connections: Chapter = {
  'an installation is stored once, before it expires, and is nobody’s until it is verified': async ({
    store,
    database,
  }) => {
    expect(await negotiate(store, 'late', { expiresAt: noon })).toBe('expired');
    expect(await negotiate(store, 'i')).toBe('stored');
    expect(await negotiate(await database.open(), 'i')).toBe('used');
    expect(await store.connections.findInstallation('i')).toMatchObject({
      ...{ id: 'i', solution, tenantId: undefined, waits: false, fault: undefined, unreachable: false },
      credentials: { endpoint, contract: '2391' },
    });
    expect(await store.connections.listTenants()).toEqual([]);
    await store.connections.noteVerified('i', noon);
    const tenantId = (await tenantOf(store, 'i')) ?? 0;
    const tenant = await (await database.open()).connections.findTenant(tenantId);
    expect(tenant).toMatchObject({ id: tenantId, host: 'a.microbizz.dk', contract: '2391', solution });
    expect(tenant?.refusedAt).toBeUndefined();
    expect(await tokenOf(store, tenantId)).toBe('token of i');
    expect(await store.connections.findInstallation('late')).toBeUndefined();
  },

  'a token is sealed: under another key it is not to be had, and nothing else is kept from that': async ({
    store,
    database,
  }) => {
    const tenantId = await connect(store);
    const other = await database.open('another app key that is long enough too');
    const tenant = await other.connections.findTenant(tenantId);
    expect(tenant).toMatchObject({ contract: '2391', host: 'a.microbizz.dk' });
    expect(() => tenant?.credentials.accesstoken.reveal()).toThrow();
    expect(await tokenOf(store, tenantId)).toBe('token 2391');
  },

  'a link is good for one of those that race for it, once, in its time, until it is taken back': async ({
    store,
    database,
  }) => {
    const add = async (id: string, expiresAt = noon + day): Promise<void> =>
      store.invitations.add({ id, createdAt: noon, expiresAt, contract: undefined, host: undefined });
    for (const id of ['raced', 'back']) await add(id);
    await add('old', noon);
    const link = (id: string) => ({ invitation: { id, expiresAt: noon + day } });
    const handles = [store, await database.open(), store];
    const ends = await Promise.all(handles.map((each, at) => negotiate(each, `r${at}`, link('raced'))));
    expect(ends.toSorted()).toEqual(['ended', 'ended', 'stored']);
    expect(await store.invitations.takeBack('back', noon)).toBe(true);
    for (const id of ['back', 'old', 'unknown']) expect(await negotiate(store, `i-${id}`, link(id))).toBe('ended');
    expect(await store.invitations.find('raced')).toMatchObject({ usedBy: `r${ends.indexOf('stored')}` });
    expect([await store.invitations.takeBack('raced', noon), await store.invitations.takeBack('back', noon)]).toEqual([
      false,
      false,
    ]);
    expect((await store.invitations.list()).map(({ id }) => id)).toEqual(['back', 'old', 'raced']);
    await store.invitations.removeExpired(noon + 1);
    expect((await store.invitations.list()).map(({ id }) => id)).toEqual(['back', 'raced']);
  },

  'what would take a tenant over waits for the operator, who approves it once or ends it for good': async ({
    store,
    database,
  }) => {
    const tenantId = await connect(store);
    const revocations = await countWrites(store.changes, 'revocations');
    for (const id of ['thief', 'other']) {
      await negotiate(store, id);
      await store.connections.noteVerified(id, noon);
    }
    expect(await tokenOf(store, tenantId)).toBe('token 2391');
    expect(await store.connections.findInstallation('thief')).toMatchObject({ tenantId: undefined, waits: true });
    expect((await store.grants.listWaiting()).map(({ id }) => id).toSorted()).toEqual(['other', 'thief']);
    const operator = await database.open();
    const found: Promise<unknown>[] = [];
    operator.changes.subscribe('revocations', () => found.push(operator.connections.findInstallation('thief')));
    expect([await operator.grants.revoke('thief', noon), await operator.grants.revoke('thief', noon)]).toEqual([
      true,
      false,
    ]);
    expect(await revocations()).toBeGreaterThan(0);
    expect(found.length, 'who revokes is told of it without a look').toBeGreaterThan(0);
    expect(new Set(await Promise.all(found)), 'and when it is done').toEqual(new Set([undefined]));
    expect([await operator.grants.approve('thief', noon), await operator.grants.approve('other', noon)]).toEqual([
      false,
      true,
    ]);
    expect(await operator.grants.approve('other', noon)).toBe(false);
    expect(await store.connections.findInstallation('thief')).toBeUndefined();
    expect(await tokenOf(store, tenantId)).toBe('token of other');
    expect(await store.grants.listAddresses(tenantId)).toMatchObject([
      { id: 'i-2391', inUse: false, underFirstKey: true },
      { id: 'other', inUse: true, underFirstKey: true },
    ]);
  },

  'begun from its tenant it takes its place, unless by another door, or when a later one is there already': async ({
    store,
  }) => {
    const reconnects = await connect(store);
    const link = (id: string, now: number) => ({ now, reconnects, invitation: { id, expiresAt: noon + day } });
    await store.connections.noteToken(reconnects, noon);
    expect((await store.connections.findTenant(reconnects))?.refusedAt).toBe(noon);
    await negotiate(store, 'earlier', link('l1', noon + 1));
    await negotiate(store, 'later', link('l2', noon + 2));
    expect(await negotiate(store, 'again', link('l2', noon + 3))).toBe('ended');
    await negotiate(store, 'elsewhere', { ...link('l3', noon + 4), at: `${solution}/other/endpoint.php` });
    for (const id of ['later', 'earlier', 'elsewhere']) await store.connections.noteVerified(id, noon + 5);
    expect(await tokenOf(store, reconnects)).toBe('token of later');
    expect((await store.connections.findTenant(reconnects))?.refusedAt).toBeUndefined();
    expect([await tenantOf(store, 'earlier'), await tenantOf(store, 'elsewhere')]).toEqual([reconnects, undefined]);
    expect(await store.gaps.findConnectedAt(reconnects)).toBe(noon);
  },

  'what is parked becomes its tenant’s next arrivals, in order, in the act that verifies': async ({ store }) => {
    await negotiateUnreachable(store, 'a');
    for (const id of [1, 2]) expect(await store.connections.park('a', parked({ id }))).toBe(true);
    expect(await store.operator.countEvents({})).toBe(0);
    await store.connections.noteVerified('a', noon);
    expect(await store.connections.findInstallation('a')).toMatchObject({ fault: undefined, unreachable: false });
    const tenantId = (await tenantOf(store, 'a')) ?? 0;
    const [later = 0] = await store.inbox.append([event(tenantId, { id: 3 })]);
    await sortAll(store);
    const found = await store.operator.listEvents({ tenantId }, { limit: 9 });
    expect(found.map(({ objectId }) => objectId)).toEqual(['3', '2', '1']);
    expect(await stateOf(store, later)).toBe('ready');
    await store.connections.noteVerified('a', noon);
    expect(await store.operator.countEvents({})).toBe(3);
  },

  'what became its tenant’s is parked no longer: another has its place': async ({ store }) => {
    for (let at = 0; at <= 50; at += 1) await negotiateUnreachable(store, `i${at}`);
    for (let at = 0; at <= 50; at += 1) await store.connections.park(`i${at}`, parked({}));
    await store.connections.noteVerified('i7', noon);
    expect(await store.connections.park('i50', parked({}))).toBe(true);
  },

  'a rejected POST that is parked keeps how its body is packed': async ({ store }) => {
    await negotiateUnreachable(store, 'a');
    const body = new Uint8Array([120]);
    const packed = { ...invoice, receivedAt: noon, contentType: 'text/x', contentEncoding: 'gzip', body, fault: 'f' };
    expect(await store.connections.park('a', packed)).toBe(true);
    await store.connections.noteVerified('a', noon);
    const [found] = await store.operator.listRejected({}, { after: 0 });
    expect(found).toMatchObject({ contentType: 'text/x', contentEncoding: 'gzip' });
    expect([...(found?.body ?? [])]).toEqual([...body]);
  },

  'parked are 100 or 1 MiB of an installation, and of 50; nothing for one that Microbizz refused, verified or not there':
    async ({ store }) => {
      for (let at = 0; at <= 50; at += 1) await negotiateUnreachable(store, `i${at}`);
      for (let at = 0; at <= 50; at += 1) expect(await store.connections.park(`i${at}`, parked({}))).toBe(at < 50);
      for (let at = 1; at <= 100; at += 1) expect(await store.connections.park('i1', parked({}))).toBe(at < 100);
      expect(await store.connections.park('i2', parked({}, 2 ** 20 - 1000))).toBe(true);
      const rejected = { ...invoice, receivedAt: noon, contentType: 'text/x', body: Buffer.alloc(1000), fault: 'f' };
      expect(await store.connections.park('i2', rejected)).toBe(false);
      await store.connections.noteFault('i3', 'refused', { unreachable: false });
      await store.connections.noteVerified('i4', noon);
      for (const id of ['i3', 'i4', 'unknown']) expect(await store.connections.park(id, parked({}))).toBe(false);
    },

  'as many are forgotten in one act as it may, and it says whether there are more': async ({ store }) => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const id of ids) await negotiate(store, id, { contract: id });
    const all = { refused: noon + 1, unused: noon + 1 };
    const left = async () =>
      (await Promise.all(ids.map((id) => store.connections.findInstallation(id)))).filter(Boolean);
    const seen: [boolean, number][] = [];
    for (let act = 0; act < 3; act += 1)
      seen.push([await store.connections.removeExpired(all, 2), (await left()).length]);
    expect(seen).toEqual([
      [true, 3],
      [true, 1],
      [false, 0],
    ]);
  },

  'who negotiated and became nobody’s is forgotten with what is parked: the refused earlier than the others': async ({
    store,
  }) => {
    const tenantId = await connect(store, 'proven');
    for (const id of ['refused', 'away', 'young'])
      await negotiate(store, id, { contract: id, now: id === 'young' ? noon + 10 : noon });
    await store.connections.noteFault('refused', 'no', { unreachable: false });
    await store.connections.noteFault('away', 'away', { unreachable: true });
    await store.connections.park('away', parked({ id: 1 }));
    const left = async (): Promise<string[]> =>
      (
        await Promise.all(['refused', 'away', 'young', 'i-proven'].map((id) => store.connections.findInstallation(id)))
      ).flatMap((each) => each?.id ?? []);
    expect(await store.connections.removeExpired({ refused: noon + 1, unused: noon }, 9)).toBe(false);
    expect(await left()).toEqual(['away', 'young', 'i-proven']);
    expect(await store.connections.removeExpired({ refused: noon + 1, unused: noon + 10 }, 9)).toBe(false);
    expect(await left()).toEqual(['young', 'i-proven']);
    expect(await tokenOf(store, tenantId)).toBe('token proven');
    await negotiate(store, 'away', { contract: 'away' });
    await store.connections.noteVerified('away', noon);
    expect(await store.operator.countEvents({})).toBe(0);
  },
};
