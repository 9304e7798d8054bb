import { hash } from 'node:crypto';
import type { Database as Sqlite } from 'better-sqlite3';
import type { Database } from '../../../server/store/postgres/database.ts';
import { kinds, textOf, type Row } from './columns.ts';
import { placeOf, readRows } from './read-source.ts';
import type { Part } from './tables.ts';

/** What a table holds. */
export interface Content {
  readonly rows: number;
  /** Over all of its rows, whatever their order. */
  readonly hash: string;
}

export interface Compared {
  readonly table: string;
  readonly source: Content;
  readonly target: Content;
  /** Keys of rows that only one side has, or has differently: a few of them. */
  readonly different: readonly string[];
}

/** Rows that are read of either side by turns. Of the target's only their keys and hashes come here. */
const page = 1000;
/** Rows without their like that are remembered of either side: of more, only counts and hashes tell. */
const mostAlone = 10_000;
const mostNamed = 5;

interface Side {
  rows: number;
  readonly sum: Buffer;
  /** Hashes that the other side has not shown so far, with the keys of their rows. */
  readonly alone: Map<string, string>;
}

/** Both sides of a table, streamed in the order of its key: what is remembered are the few rows that have not met their like. */
export async function compare(
  source: Sqlite,
  target: Database,
  part: Part,
  tell: (rows: number) => Promise<void>,
): Promise<Compared> {
  const [ours, theirs] = [newSide(), newSide()];
  const rows = readRows(source, part, undefined);
  const takeOurs = (most: number): boolean => {
    for (let left = most; left > 0; left -= 1) {
      const next = rows.next();
      if (next.done === true) return false;
      add(ours, theirs, placeOf(part, next.value).join('/'), hashOf(part, next.value));
    }
    return true;
  };
  try {
    await target.reading(async (queries) => {
      await queries.run(`DECLARE moved NO SCROLL CURSOR FOR ${selectHashes(part)}`);
      for (;;) {
        const read = await queries.rows<{ key: string; hash: Buffer }>(`FETCH ${page} FROM moved`);
        for (const row of read) add(theirs, ours, row.key, row.hash);
        const more = takeOurs(page);
        await tell(ours.rows);
        if (read.length === 0 && !more) return;
      }
    });
  } finally {
    rows.return(undefined);
  }
  const different = [...new Set([...ours.alone.values(), ...theirs.alone.values()])].slice(0, mostNamed);
  return { table: part.table, source: contentOf(ours), target: contentOf(theirs), different };
}

export function isSame({ source, target }: Compared): boolean {
  return source.rows === target.rows && source.hash === target.hash;
}

const newSide = (): Side => ({ rows: 0, sum: Buffer.alloc(32), alone: new Map() });
const contentOf = ({ rows, sum }: Side): Content => ({ rows, hash: sum.toString('hex') });

function add(own: Side, other: Side, key: string, digest: Buffer): void {
  own.rows += 1;
  for (let at = 0; at < digest.length; at += 1) own.sum[at] = (own.sum[at] ?? 0) ^ (digest[at] ?? 0);
  const name = digest.toString('latin1');
  if (!other.alone.delete(name) && own.alone.size < mostAlone) own.alone.set(name, key);
}

/** Each value with its length before it, so that no two rows are the same text. */
function hashOf({ columns }: Part, row: Row): Buffer {
  const texts = columns.map((column) => textOf(column.of(row)));
  return hash(
    'sha256',
    texts.map((text) => (text === null ? '-' : `${Buffer.byteLength(text)}:${text}`)).join(''),
    'buffer',
  );
}

/** SQL: the same of what is stored, worked out where it is. */
function selectHashes({ table, key, columns }: Part): string {
  const texts = columns.map(({ name, kind }) => kinds[kind].text(name));
  const whole = texts.map((text) => `coalesce(octet_length(${text}) || ':' || ${text}, '-')`).join(' || ');
  const order = key.map((name) =>
    columns.find((column) => column.name === name)?.kind === 'text' ? `${name} COLLATE "C"` : name,
  );
  return `SELECT concat_ws('/', ${key.join(', ')}) AS key, sha256(convert_to(${whole}, 'UTF8')) AS hash FROM ${table} ORDER BY ${order.join(', ')}`;
}
