import type { Forward, NewForward, PauseReason, SealedForwards } from '../../ports/forwards.ts';
import type { Sealed } from '../../ports/sealed.ts';
import type { Database, Transaction } from '../database.ts';
import { listAttempts } from './attempts.ts';
import { removeSome, settle } from './settle.ts';
import { countDays, hasFailedFor, type FailingRow } from '../../rows/failing-days.ts';

interface Row extends FailingRow {
  id: number;
  tenant_id: number;
  url: string;
  hooks: string[];
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
const pauseSql = 'UPDATE forwards SET paused = coalesce(paused, $1) WHERE id = $2::bigint';

/** `events` is asked for each event that is sent on, `pages` for all the rest. */
export function buildForwardStore(events: Database, pages: Database): SealedForwards {
  return {
    async list(tenantId) {
      const rows = await pages.rows<Row>(
        'SELECT * FROM forwards WHERE $1::bigint IS NULL OR tenant_id = $1 ORDER BY id',
        [tenantId ?? null],
      );
      return rows.map(read);
    },
    async find(id) {
      const row = await events.row<Row>('SELECT * FROM forwards WHERE id = $1::bigint', [id]);
      return row && read(row);
    },
    async reserveId() {
      const found = await pages.row<{ id: number }>("SELECT nextval(pg_get_serial_sequence('forwards', 'id')) AS id");
      return found?.id ?? 0;
    },
    add: (id, forward, most) => pages.writing((transaction) => add(transaction, id, forward, most)),
    pause: async (id, reason) => (await pages.writing(({ run }) => run(pauseSql, [reason, id]))) === 1,
    resume: async (id) =>
      (await pages.writing(({ run }) =>
        run(
          'UPDATE forwards SET paused = NULL, failing_since = NULL, last_failed_at = NULL, failed_days = 0 WHERE id = $1::bigint',
          [id],
        ),
      )) === 1,
    settle: (id, limit) => pages.stepping((transaction) => settle(transaction, id, limit)),
    removeSome: (id, limit) => pages.stepping((transaction) => removeSome(transaction, id, limit)),
    listAttempts: (id, limit) => listAttempts(pages, id, limit),
    rotateSecret: (id, secret, now, oldUntil) =>
      pages.writing((transaction) => rotate(transaction, id, secret, now, oldUntil)),
    noteFailure: (id, now, days, reason) =>
      events.writing((transaction) => noteFailure(transaction, id, now, { days, reason })),
  };
}

function newest(secret: Sealed): SealedSecret {
  return { sealed: Buffer.from(secret).toString('base64'), until: null };
}

function read(row: Row): Forward<Sealed> {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    url: row.url,
    hooks: row.hooks,
    secrets: (JSON.parse(row.secrets) as SealedSecret[]).map(({ sealed, until }) => ({
      secret: Buffer.from(sealed, 'base64'),
      until: until ?? undefined,
    })),
    paused: row.paused ?? undefined,
    failingSince: row.failing_since ?? undefined,
  };
}

/** Acts that add to one tenant take turns, so that the count stays true. */
async function add({ row, rows }: Transaction, id: number, given: NewForward<Sealed>, most: number) {
  const { tenantId, url, hooks, secret } = given;
  await row('SELECT 1 FROM tenants WHERE id = $1 FOR UPDATE', [tenantId]);
  const others = await rows<Row>('SELECT url FROM forwards WHERE tenant_id = $1', [tenantId]);
  if (others.some((other) => other.url === url)) return 'same';
  if (others.length >= most) return 'full';
  const added = await row<Row>(
    `INSERT INTO forwards (id, tenant_id, url, hooks, secrets) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5) RETURNING *`,
    [id, tenantId, url, hooks, JSON.stringify([newest(secret)])],
  );
  if (added === undefined) throw new Error('A forward that was inserted did not come back.');
  return read(added);
}

async function find({ row }: Transaction, id: number): Promise<Row | undefined> {
  return row<Row>('SELECT * FROM forwards WHERE id = $1::bigint FOR UPDATE', [id]);
}

async function rotate(
  transaction: Transaction,
  id: number,
  secret: Sealed,
  now: number,
  oldUntil: number,
): Promise<boolean> {
  const row = await find(transaction, id);
  if (row === undefined) return false;
  const old = (JSON.parse(row.secrets) as SealedSecret[])
    .map(({ sealed, until }) => ({ sealed, until: Math.min(until ?? oldUntil, oldUntil) }))
    .filter(({ until }) => until > now);
  const secrets = JSON.stringify([newest(secret), ...old.slice(0, oldSecrets)]);
  await transaction.run('UPDATE forwards SET secrets = $1 WHERE id = $2', [secrets, id]);
  return true;
}

async function noteFailure(
  transaction: Transaction,
  id: number,
  now: number,
  { days, reason }: { days: number; reason: PauseReason },
): Promise<'failing' | 'paused' | 'was-paused'> {
  const row = await find(transaction, id);
  if (row === undefined) return 'failing';
  if (row.paused !== null) return 'was-paused';
  const failing = countDays(row, now);
  await transaction.run('UPDATE forwards SET failing_since = $1, last_failed_at = $2, failed_days = $3 WHERE id = $4', [
    failing.since,
    now,
    failing.days,
    id,
  ]);
  if (!hasFailedFor(days, failing, now)) return 'failing';
  await transaction.run(pauseSql, [reason, id]);
  return 'paused';
}
