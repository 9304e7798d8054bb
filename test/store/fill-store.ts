import { Secret } from '../../src/microbizz/domain/secret.ts';
import type { Claimed, Ending } from '../../src/server/store/ports/inbox.ts';
import type { Store } from '../../src/server/store/ports/store.ts';
import {
  addForward,
  begin,
  claim,
  connect,
  day,
  describeAll,
  edi,
  endpoint,
  event,
  finish,
  noon,
  receive,
  rejection,
  sortSome,
  todo,
} from './battery/world.ts';

/** How what is claimed ends, by its number. */
const endings: readonly Ending[] = [
  { kind: 'handled' },
  { kind: 'dead', fault: 'given up: æ\0ø' },
  { kind: 'retry', fault: 'later', dueAt: noon + 60_000, pause: 60_000 },
  { kind: 'handled', refusal: 'not today' },
  { kind: 'handled' },
];
const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);

/** Something of everything that a store can hold, by two processes one after the other: `reopen` ends the first. */
export async function fillStore(reopen: () => Promise<Store>): Promise<void> {
  const first = await reopen();
  const [a, b] = [await connect(first, '2391'), await connect(first, '2392')];
  await fillConnections(first);
  const all = await addForward(first, a, { secret: 'whsec_a' });
  const some = await addForward(first, b, { hooks: ['invoice/event_edi_change', 'todo/event_product_use_change'] });
  const gone = await addForward(first, b);
  while (!(await first.forwards.removeSome(gone.id, 9)));
  await first.forwards.rotateSecret(all.id, new Secret('whsec_newer'), noon, noon + day);
  await first.retention.set(b, 30);
  for (let round = 0; round < 6; round += 1) await arrive(first, a, b, round);
  await endAll(await claim(first, 'p1/1'), first);
  await describeAll(first);
  await first.operator.removeHandled(noon - 19 * day, { after: 0 });
  await first.forwards.pause(some.id, 'operator');
  while ((await first.forwards.settle(some.id, 9)) > 0);

  const second = await reopen();
  await arrive(second, a, b, 6);
  await endAll(await claim(second, 'p2/1'), second);
  await claim(second, 'p2/2');
  await second.inbox.releaseLeases(['p2/2'], { now: noon, pauses: [1000, 2000] });
  await describeAll(second);
  await arrive(second, a, b, 7);
  await claim(second, 'p3/1', { now: noon });
  await second.gaps.noteRun({ ...edi, tenantId: a, since: '2026-10-01 12:00:00', endedAt: noon, found: 2 });
  await second.gaps.noteRun({ ...todo, tenantId: b, endedAt: noon, fault: 'no answer' });
  await second.operator.noteSeen(noon);
  for (let at = 0; at < 5; at += 1)
    await second.inbox.append([event(at % 2 === 0 ? a : b, { id: 90 + at }), event(b, { id: 80 + at })]);
  await sortSome(second, 3);
}

/** Links, and installations of all kinds; one has events parked. */
async function fillConnections({ connections, grants, invitations }: Store): Promise<void> {
  for (const id of ['link-1', 'link-2'])
    await invitations.add({ id, createdAt: noon, expiresAt: noon + day, contract: '7', host: undefined });
  await invitations.takeBack('link-2', noon);
  const negotiate = async (id: string, contract: string) =>
    connections.negotiate(begin(id), { endpoint, contract, accesstoken: new Secret(`token ${id}`) }, noon);
  for (const id of ['away', 'revoked', 'waiting']) await negotiate(id, id === 'waiting' ? '2391' : id);
  await connections.noteFault('away', 'not reached', { unreachable: true });
  const parked = { ...edi, receivedAt: noon, fields: { object: '{"id":"æ\\u0000"}' } };
  await connections.park('away', parked);
  await connections.park('away', {
    ...edi,
    receivedAt: noon,
    contentType: 'a\0b',
    contentEncoding: 'br',
    body: bytes,
    fault: 'f',
  });
  await connections.noteVerified('waiting', noon);
  await connections.noteVerified('revoked', noon);
  await grants.revoke('revoked', noon);
}

/** New, changed, told again, found by asking, rejected; of the first rounds older than a tenant keeps them. */
async function arrive(store: Store, a: number, b: number, round: number): Promise<void> {
  const receivedAt = noon - (20 - round * 3) * day;
  const object = (id: unknown, n: number): object => ({ id, text: `ord${n} Ærø`, userid: 5 + (n % 2), usercode: 'JM' });
  await receive(
    store,
    ...[1, 2, 3].map((id) => event(a, object(id, round), { receivedAt })),
    event(a, object(1, round), { receivedAt: receivedAt - day }),
    event(b, object('a\0b', round), { ...edi, receivedAt }),
    event(b, object('𝒳', round), { ...todo, receivedAt }),
    event(b, { text: 'no object', n: round }, { receivedAt }),
    event(a, object(9, round), { ...todo, receivedAt, gapAfter: round }),
    rejection(a, { receivedAt, body: bytes, fault: 'not æ\0 form', contentType: '' }),
  );
}

async function endAll(claimed: readonly Claimed[], store: Store): Promise<void> {
  for (const [at, one] of claimed.entries()) {
    const ending = endings[at % endings.length];
    if (ending !== undefined) await finish(store, one, ending);
  }
}
