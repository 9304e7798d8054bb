import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { sorted } from '../history/open-history.ts';
import { buildKeyring } from '../../src/keys/keyring.ts';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import type { Parked, Store } from '../../src/store/store.ts';

const name = { modcode: 'invoice', hook: 'event_invoice_line_change', receivedAt: 1 };
const mebibyte = 2 ** 20;

function openStore(): Store {
  const store = openSqliteStore(':memory:', buildKeyring(['an app key for tests that is long enough']));
  onTestFinished(() => {
    store.close();
  });
  return store;
}

async function negotiate({ connections }: Store, id: string, now: number): Promise<void> {
  const begun = {
    id,
    solution: 'https://a.microbizz.dk',
    expiresAt: now + 1,
    invitation: undefined,
    reconnects: undefined,
  };
  const endpoint = 'https://a.microbizz.dk/api/endpoint.php';
  const accesstoken = new Secret('token');
  expect(await connections.negotiate(begun, { endpoint, contract: id, accesstoken }, now)).toBe('stored');
  await connections.noteFault(id, 'unreachable', { unreachable: true });
}

function rejected(size: number): Parked {
  return { ...name, contentType: 'text/x', body: Buffer.alloc(size), fault: 'f' };
}

/** `æ` is one letter and two bytes; what is kept is `{"object":"…"}`. */
function event(size: number): Parked {
  return { ...name, fields: { object: 'æ'.repeat((size - '{"object":""}'.length - 1) / 2) + 'x' } };
}

/** Large events come a few at a time. */
async function countArrived({ inbox }: Store): Promise<number> {
  for (let count = 0; ;) {
    const events = await inbox.listUnsorted(100);
    if (events.length === 0) return count;
    count += events.length;
    await inbox.advance({ now: 0, sorted: events.map(sorted) });
  }
}

test('an installation keeps 1 MiB, events and rejected POSTs together, and each has its own', async () => {
  const store = openStore();
  const { connections } = store;
  await negotiate(store, 'a', 1);
  await negotiate(store, 'b', 1);
  for (let at = 0; at < 8; at += 1) {
    expect(await connections.park('a', event(mebibyte / 16))).toBe(true);
    expect(await connections.park('a', rejected(at === 7 ? mebibyte / 16 - 100 : mebibyte / 16))).toBe(true);
  }
  expect(await connections.park('a', event(102))).toBe(false);
  expect(await connections.park('a', rejected(101))).toBe(false);
  expect(await connections.park('a', event(100))).toBe(true);
  expect(await connections.park('b', event(mebibyte))).toBe(true);

  await connections.noteVerified('a', 2);
  expect(await countArrived(store)).toBe(17);
});

test('what is parked packed is still known to be packed when it arrives', async () => {
  const store = openStore();
  await negotiate(store, 'a', 1);
  await store.connections.park('a', { ...rejected(3), contentEncoding: 'gzip' });
  await store.connections.noteVerified('a', 2);
  expect(await store.operator.listRejected({}, { after: 0 })).toMatchObject([
    { contentType: 'text/x', contentEncoding: 'gzip', body: Buffer.alloc(3) },
  ]);
});

test('an installation keeps 100, however small', async () => {
  const store = openStore();
  await negotiate(store, 'a', 1);
  for (let at = 0; at < 100; at += 1) expect(await store.connections.park('a', rejected(0))).toBe(true);
  expect(await store.connections.park('a', rejected(0))).toBe(false);
});

test('fifty installations keep something, and none that Microbizz refused', async () => {
  const store = openStore();
  for (let at = 0; at <= 50; at += 1) {
    await negotiate(store, `i${at}`, 1);
    expect(await store.connections.park(`i${at}`, event(100))).toBe(at < 50);
  }
  expect(await store.connections.park('i7', event(100))).toBe(true);
  await store.connections.noteFault('i7', 'refused', { unreachable: false });
  expect(await store.connections.park('i7', event(100))).toBe(false);
});

test('what negotiated and was never proven is forgotten with what is parked for it; the young and the proven stay', async () => {
  const store = openStore();
  const { connections } = store;
  const found = async (): Promise<string[]> => {
    const each = await Promise.all(['old', 'young', 'proven'].map((id) => connections.findInstallation(id)));
    return each.flatMap((installation) => installation?.id ?? []);
  };
  await negotiate(store, 'old', 99);
  await negotiate(store, 'young', 100);
  await negotiate(store, 'proven', 99);
  for (const id of ['old', 'young', 'proven']) await connections.park(id, event(102));
  await connections.noteVerified('proven', 99);

  await connections.removeExpired({ refused: 0, unused: 100 });
  expect(await found()).toEqual(['young', 'proven']);
  // Nothing is left of it for another installation by the same name either.
  await negotiate(store, 'old', 200);
  await connections.noteVerified('old', 200);
  expect(await store.operator.countEvents({})).toBe(1);
  await connections.noteVerified('young', 200);
  expect(await store.operator.countEvents({})).toBe(2);
});
