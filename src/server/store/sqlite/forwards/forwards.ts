import type { Forward, NewForward, PauseReason, SealedForwards } from '../../ports/forwards.ts';
import type { Sealed } from '../../ports/sealed.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { buildListAttempts } from './attempts.ts';
import { buildSettle } from './settle.ts';
import { countDays, hasFailedFor, type FailingRow } from '../../rows/failing-days.ts';

interface Row extends FailingRow {
  id: number;
  tenant_id: number;
  url: string;
  hooks: string;
  secrets: string;
  paused: PauseReason | null;
}
/** `sealed` in base64. */
interface SealedSecret {
  sealed: string;
  until: number | null;
}

/** Secrets kept beside the newest: somebody who rotates again and again does not make the signature header grow for ever. */
const oldSecrets = 4;

type State = ReturnType<typeof prepare>;

function prepare(database: Database) {
  const all = database.prepare<[], Row>('SELECT * FROM forwards ORDER BY id');
  const ofTenant = database.prepare<[number], Row>('SELECT * FROM forwards WHERE tenant_id = ? ORDER BY id');
  const find = database.prepare<[number], Row>('SELECT * FROM forwards WHERE id = ?');
  const insert = database.prepare('INSERT INTO forwards (id, tenant_id, url, hooks, secrets) VALUES (?, ?, ?, ?, ?)');
  // The place where SQLite keeps which ids of the table were given; there is none before the first.
  const nextId = database
    .prepare<[], number | null>("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'forwards' RETURNING seq")
    .pluck();
  const firstId = database.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('forwards', 1)");
  const setSecrets = database.prepare('UPDATE forwards SET secrets = ? WHERE id = ?');
  const pause = database.prepare('UPDATE forwards SET paused = coalesce(paused, ?) WHERE id = ?');
  const resume = database.prepare(
    'UPDATE forwards SET paused = NULL, failing_since = NULL, last_failed_at = NULL, failed_days = 0 WHERE id = ?',
  );
  const noteDays = database.prepare(
    'UPDATE forwards SET failing_since = ?, last_failed_at = ?, failed_days = ? WHERE id = ?',
  );
  return { all, ofTenant, find, insert, nextId, firstId, setSecrets, pause, resume, noteDays };
}

export function buildForwardStore(database: Database): SealedForwards {
  const state = prepare(database);
  const steps = buildSettle(database);
  const listAttempts = buildListAttempts(database);
  const acts = {
    reserveId: asTransaction(database, reserveId),
    add: asTransaction(database, add),
    rotate: asTransaction(database, rotate),
    noteFailure: asTransaction(database, noteFailure),
  };
  return {
    list: async (tenantId) => (tenantId === undefined ? state.all.all() : state.ofTenant.all(tenantId)).map(forwardOf),
    async find(id) {
      const row = state.find.get(id);
      return row && forwardOf(row);
    },
    reserveId: async () => acts.reserveId(state),
    add: async (id, forward, most) => acts.add(state, id, forward, most),
    pause: async (id, reason) => state.pause.run(reason, id).changes === 1,
    resume: async (id) => state.resume.run(id).changes === 1,
    settle: async (id, limit) => steps.settle(id, limit),
    removeSome: async (id, limit) => steps.removeSome(id, limit),
    listAttempts: async (id, limit) => listAttempts(id, limit),
    rotateSecret: async (id, secret, now, oldUntil) => acts.rotate(state, id, secret, { now, oldUntil }),
    noteFailure: async (id, now, days, reason) => acts.noteFailure(state, id, now, { days, reason }),
  };
}

function reserveId({ nextId, firstId }: State): number {
  const id = nextId.get() ?? undefined;
  if (id === undefined) firstId.run();
  return id ?? 1;
}

function add(state: State, id: number, given: NewForward<Sealed>, most: number): Forward<Sealed> | 'same' | 'full' {
  const { tenantId, url, hooks, secret } = given;
  const others = state.ofTenant.all(tenantId);
  if (others.some((other) => other.url === url)) return 'same';
  if (others.length >= most) return 'full';
  state.insert.run(id, tenantId, url, JSON.stringify(hooks), JSON.stringify([newest(secret)]));
  const secrets = [{ secret, until: undefined }];
  return { id, tenantId, url, hooks, secrets, paused: undefined, failingSince: undefined };
}

function rotate(
  { find, setSecrets }: State,
  id: number,
  secret: Sealed,
  { now, oldUntil }: { now: number; oldUntil: number },
): boolean {
  const row = find.get(id);
  if (row === undefined) return false;
  const old = (JSON.parse(row.secrets) as SealedSecret[])
    .map(({ sealed, until }) => ({ sealed, until: Math.min(until ?? oldUntil, oldUntil) }))
    .filter(({ until }) => until > now);
  setSecrets.run(JSON.stringify([newest(secret), ...old.slice(0, oldSecrets)]), id);
  return true;
}

function noteFailure(
  { find, noteDays, pause }: State,
  id: number,
  now: number,
  { days, reason }: { days: number; reason: PauseReason },
): 'failing' | 'paused' | 'was-paused' {
  const row = find.get(id);
  if (row === undefined) return 'failing';
  if (row.paused !== null) return 'was-paused';
  const failing = countDays(row, now);
  noteDays.run(failing.since, now, failing.days, id);
  if (!hasFailedFor(days, failing, now)) return 'failing';
  pause.run(reason, id);
  return 'paused';
}

function newest(secret: Sealed): SealedSecret {
  return { sealed: Buffer.from(secret).toString('base64'), until: null };
}

function forwardOf(row: Row): Forward<Sealed> {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    url: row.url,
    hooks: JSON.parse(row.hooks) as string[],
    secrets: (JSON.parse(row.secrets) as SealedSecret[]).map(({ sealed, until }) => ({
      secret: Buffer.from(sealed, 'base64'),
      until: until ?? undefined,
    })),
    paused: row.paused ?? undefined,
    failingSince: row.failing_since ?? undefined,
  };
}
