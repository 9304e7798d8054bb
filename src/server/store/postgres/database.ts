import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { asRefusal, isCollision } from './errors.ts';
import { take, type locks } from './locks.ts';

/** Statements, one after the other. `$1` stands for the first of the values. */
export interface Queries {
  rows<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The first row. */
  row<Row>(sql: string, values?: readonly unknown[]): Promise<Row | undefined>;
  /** Answers how many rows it has changed. */
  run(sql: string, values?: readonly unknown[]): Promise<number>;
}

/** The kinds of writes that are signalled to others (changes.ts). */
export type Signal = 'steps' | 'writes' | 'revocations';

export interface Transaction extends Queries {
  /** With the commit. */
  tell(signal: Signal): void;
}

export type Lock = keyof typeof locks;

/** A statement by itself is a transaction of its own. */
export interface Database extends Queries {
  /** One snapshot for all reads. */
  reading<R>(act: (queries: Queries) => Promise<R>): Promise<R>;
  /** One transaction, which signals `writes` when it has changed anything. It may run more than once: of two that block each other one begins again. */
  writing<R>(act: (transaction: Transaction) => Promise<R>, ...held: Lock[]): Promise<R>;
  /**
   * One transaction that changes lanes, one after the other (locks.ts). Its commit waits for the disk, as every other: a claim that a crash
   * of PostgreSQL took back would be claimed again while a server that has not crashed handles it.
   */
  stepping<R>(act: (transaction: Transaction) => Promise<R>, ...held: Lock[]): Promise<R>;
  /** One transaction without a signal. */
  checking<R>(act: (queries: Queries) => Promise<R>): Promise<R>;
  /** Resolves when everything under way has ended. Later calls are rejected. */
  end(): Promise<void>;
}

/**
 * Work tables are empty at one moment and full at the next, so the planner's statistics about them are always wrong: with a hash or a sort, a
 * claim took 450 ms where it takes 2. Every query of a step has its index, and needs exactly that one.
 */
const without = (...nodes: string[]): string => nodes.map((node) => `SET LOCAL enable_${node} = off`).join('; ');
const byIndex = without('hashjoin', 'mergejoin', 'seqscan', 'bitmapscan', 'sort', 'material');
const begins = {
  /** For pages, which show a few of many: nothing is read whole to be joined. */
  reading: `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${without('hashjoin', 'mergejoin', 'seqscan')}`,
  writing: 'BEGIN',
  stepping: `BEGIN; ${byIndex}`,
  /** … with statements that are planned once. */
  steppingKept: `BEGIN; SET LOCAL plan_cache_mode = force_generic_plan; ${byIndex}`,
};
/** Milliseconds before each new try of a transaction that was stopped by another, at most. */
const pauses = [50, 200, 500];

/**
 * @param keeps whether each connection keeps its statements parsed and planned: for the few that are asked again and again, a quarter of a
 *   step. A pooler between has to know of it (docs/operate.md).
 */
export function openDatabase(pool: pg.Pool, { keeps }: { keeps: boolean }): Database {
  const underWay = new Set<Promise<unknown>>();
  let ended: Promise<void> | undefined;

  /** A pool that is ended forgets who waits for a connection: so it is ended when nobody does. */
  async function tracked<R>(act: () => Promise<R>): Promise<R> {
    if (ended !== undefined) throw asRefusal(new Error('Cannot use a pool after calling end on the pool'));
    const running = act();
    underWay.add(running);
    try {
      return await running;
    } catch (error) {
      throw asRefusal(error);
    } finally {
      underWay.delete(running);
    }
  }
  const holding = (begin: string, held: readonly Lock[]): string =>
    [begin, ...held.map((lock) => `SELECT ${take(lock)}`)].join('; ');
  const { rows, row, run } = queriesOf(pool, keeps);
  const step = keeps ? begins.steppingKept : begins.stepping;
  const doing = { pool, keeps };

  return {
    rows: (sql, values) => tracked(() => rows(sql, values)),
    row: (sql, values) => tracked(() => row(sql, values)),
    run: (sql, values) => tracked(() => run(sql, values)),
    reading: (act) => tracked(() => once(doing, begins.reading, act)),
    writing: (act, ...held) => tracked(() => again({ ...doing, tells: 'writes' }, holding(begins.writing, held), act)),
    stepping: (act, ...held) => tracked(() => again(doing, holding(step, ['steps', ...held]), act)),
    checking: (act) => tracked(() => again(doing, begins.writing, act)),
    end: () => (ended ??= Promise.allSettled(underWay).then(() => pool.end())),
  };
}

type Act<R> = (transaction: Transaction) => Promise<R>;
interface Doing {
  readonly pool: pg.Pool;
  readonly keeps: boolean;
  /** When any row was changed. */
  readonly tells?: Signal;
}

async function once<R>({ pool, keeps, tells }: Doing, begin: string, act: Act<R>): Promise<R> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query(begin);
    const signals = new Set<Signal>();
    const onChange = (): unknown => tells && signals.add(tells);
    const result = await act({ ...queriesOf(client, keeps, onChange), tell: (signal) => signals.add(signal) });
    // Last of all: its row is locked from here to the end.
    await client.query([...Array.from(signals).toSorted().map(raise), 'COMMIT'].join('; '));
    broken = false;
    return result;
  } catch (error) {
    broken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

/** A transaction that was stopped by another has changed nothing. */
async function again<R>(doing: Doing, begin: string, act: Act<R>): Promise<R> {
  for (const pause of pauses) {
    try {
      return await once(doing, begin, act);
    } catch (error) {
      if (!isCollision(error)) throw error;
      await delay(pause * Math.random());
    }
  }
  return once(doing, begin, act);
}

const raise = (signal: Signal): string => `UPDATE signals SET n = n + 1 WHERE signal = '${signal}'`;

const names = new Map<string, string>();

/** The same for the same statement, in this process. */
function nameOf(sql: string): string {
  const name = names.get(sql) ?? `statement_${names.size}`;
  names.set(sql, name);
  return name;
}

const changing = new Set(['INSERT', 'UPDATE', 'DELETE']);

function queriesOf(client: pg.Pool | pg.PoolClient, keeps: boolean, onChange?: () => unknown): Queries {
  async function query(text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> {
    const result = await client.query({ text, values: [...values], ...(keeps && { name: nameOf(text) }) });
    if (changing.has(result.command) && (result.rowCount ?? 0) > 0) onChange?.();
    return result;
  }
  return {
    rows: async <Row>(sql: string, values?: readonly unknown[]) => (await query(sql, values)).rows as Row[],
    row: async <Row>(sql: string, values?: readonly unknown[]) => (await query(sql, values)).rows[0] as Row | undefined,
    run: async (sql, values) => (await query(sql, values)).rowCount ?? 0,
  };
}
