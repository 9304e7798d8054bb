import type { Claimed } from '../../src/server/store/ports/inbox.ts';
import type { ChangeFilter, History } from '../../src/server/store/ports/history.ts';
import { eventStates } from '../../src/server/store/ports/operator.ts';
import type { Store } from '../../src/server/store/ports/store.ts';
import { claim, day, edi, invoice, noon, todo } from './battery/world.ts';

const all = { limit: 10_000 };
const filters: readonly ChangeFilter[] = [
  {},
  { hook: edi },
  { since: noon - 10 * day, until: noon - 2 * day },
  { text: 'ord3' },
  { text: 'ærø ord' },
  { text: '𝒳' },
  { text: 'a' },
  { state: 'failed' },
  { state: 'waiting' },
  { named: { userid: '5', usercode: '' } },
  { text: 'ord5', named: { userid: '', usercode: 'JM' } },
];

/** Everything that can be asked of a store, but for what changes it. */
export async function askStore(store: Store): Promise<unknown> {
  return plain(await askAll(store));
}

/** PostgreSQL has another character for the one that it does not take. */
export function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\u2400');
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return new Map(Array.from(value, ([key, each]) => [plain(key), plain(each)]));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

async function askAll(store: Store): Promise<object> {
  const tenants = await store.connections.listTenants();
  return {
    tenants: tenants.map((tenant) => ({ ...tenant, token: tenant.credentials.accesstoken.reveal() })),
    installations: await Promise.all(
      ['i-2391', 'i-2392', 'away', 'revoked', 'waiting'].map((id) => store.connections.findInstallation(id)),
    ),
    invitations: await store.invitations.list(),
    waiting: await store.grants.listWaiting(),
    addresses: await Promise.all(tenants.map(({ id }) => store.grants.listAddresses(id))),
    ...(await askEvents(store)),
    ...(await askForwards(store)),
    gaps: await Promise.all(tenants.map(({ id }) => store.gaps.listRuns(id))),
    latest: await store.gaps.listLatest(tenants[0]?.id ?? 0, invoice, ['1', '2', '3']),
    retention: await store.retention.list(),
    lastSeen: await store.operator.lastSeen(),
    histories: await Promise.all(tenants.map(({ id }) => askHistory(store.history, id))),
  };
}

async function askEvents({ operator, inbox, nameOf, gaps, connections }: Store): Promise<object> {
  const events = await operator.listEvents({}, all);
  const tenants = await connections.listTenants();
  return {
    events: await Promise.all(events.map(({ id }) => operator.findEvent(id))),
    names: await Promise.all(events.map(({ id }) => nameOf(id))),
    rejected: await operator.listRejected({}, { after: 0 }),
    counts: await Promise.all(eventStates.map((state) => operator.countEvents({ state }))),
    unsorted: await Promise.all(tenants.map(({ id }) => inbox.countUnsorted(id))),
    counters: new Map((await operator.counters()).map((each) => [`${each.tenantId} ${each.name}`, each.value])),
    oldest: await operator.oldestUnhandled(),
    leases: (await inbox.listLeases()).toSorted(),
    nextDue: await inbox.nextDue(),
    last: await gaps.lastEventId(),
  };
}

async function askForwards({ forwards }: Store): Promise<object> {
  const list = await forwards.list();
  return {
    forwards: list,
    secrets: list.map(({ secrets }) => secrets.map(({ secret }) => secret.reveal())),
    attempts: await Promise.all(list.map(({ id }) => forwards.listAttempts(id, 1000))),
  };
}

async function askHistory(history: History, tenantId: number): Promise<object> {
  const days = { since: '2020-01-01', until: '2040-01-01' };
  const lists = [];
  for (const filter of filters) {
    const pages = [];
    for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined;) {
      const page = await history.listChanges(tenantId, filter, { limit: 3, before });
      pages.push(page.changes);
      before = page.next;
    }
    const counted = await history.countChanges(tenantId, filter, days);
    lists.push({ filter, changes: pages.flat(), days: counted.days.map((each) => JSON.stringify(each)).toSorted() });
  }
  const objects = [invoice, edi, todo].flatMap((hook) => ['1', '2', '9', '𝒳'].map((id) => ({ ...hook, objectId: id })));
  return {
    lists,
    objects: await Promise.all(objects.map((name) => history.findObject(tenantId, name))),
    changes: await Promise.all(objects.map((name) => history.listObjectChanges(tenantId, name, all))),
    undescribed: await history.countUndescribed(tenantId),
    last: await history.lastEventAt(tenantId),
  };
}

/** What is claimed from there on to the end, lane by lane, when everything is handled. */
export async function workOff(store: Store): Promise<unknown> {
  const lanes = new Map<string, unknown[]>();
  await store.inbox.releaseLeases(await store.inbox.listLeases(), { now: noon, pauses: [1000, 2000, 3000] });
  const now = noon + 30 * day;
  for (let turn = 1; ; turn += 1) {
    const claimed = await claim(store, `end/${turn}`, { now });
    if (claimed.length === 0) return plain(new Map([...lanes].toSorted(([one], [other]) => (one < other ? -1 : 1))));
    for (const one of claimed) {
      const lane = `${one.forwardId} ${one.event.tenantId} ${one.event.hook} ${one.objectId}`;
      lanes.set(lane, [...(lanes.get(lane) ?? []), tell(one)]);
    }
    await store.inbox.advance({ now, finishes: claimed.map((one) => ({ claimed: one, ending: { kind: 'handled' } })) });
  }
}

function tell({ event, name, attempt, crashes, previous, unreadable }: Claimed): unknown {
  return { event, name, attempt, crashes, previous, unreadable };
}
