import type { Keyring } from '../../../server/keys/keyring.ts';
import { openPatient } from '../../../server/store/postgres/open-pools.ts';
import { copyAll, type BatchSize } from './copy.ts';
import { compare, isSame, type Compared } from './compare.ts';
import { countRows } from './read-source.ts';
import { continueIds } from './sequences.ts';
import type { Source } from './source.ts';
import { parts } from './tables.ts';
import { beginTarget, endTarget } from './target.ts';
import { makeWordIndexes } from './word-indexes.ts';

/** How far it is: of all rows of the source. */
export interface Step {
  readonly doing: 'copy' | 'compare';
  readonly table: string;
  readonly rows: number;
  readonly all: number;
}

export interface Moved {
  readonly tables: readonly Compared[];
  /** Whether both sides hold the same: then the target is ready for a server. */
  readonly same: boolean;
}

interface Move {
  readonly source: Source;
  readonly url: string;
  /** Of the target, as a reader may see it. */
  readonly name: string;
  readonly keyring: Keyring;
  /** Awaited: what it throws ends the move, which goes on there when it is begun again. */
  readonly tell: (step: Step) => void | Promise<void>;
  readonly size?: BatchSize;
}

const usualSize: BatchSize = { rows: 1000, bytes: 4 * 1024 * 1024 };

/** Moves all that is not there yet, then compares all of both sides. Only where they are the same a server may begin with the target. */
export async function moveStore({ source, url, name, keyring, tell, size = usualSize }: Move): Promise<Moved> {
  const { database, fingerprint } = source;
  const target = openPatient(url);
  try {
    const begun = await beginTarget(target, { fingerprint, keyring, name });
    const all = parts.reduce((sum, part) => sum + countRows(database, part), 0);
    await copyAll({ source: database, target, size }, begun, async ({ part, rows }) =>
      tell({ doing: 'copy', table: part, rows, all }),
    );
    await tell({ doing: 'copy', table: 'the index of words', rows: all, all });
    await makeWordIndexes(target);
    await continueIds(database, target);
    // Until then it takes the tables for empty, and would read them from end to end.
    await target.run('ANALYZE');
    const tables: Compared[] = [];
    let before = 0;
    for (const part of parts) {
      const compared = await compare(database, target, part, async (rows) =>
        tell({ doing: 'compare', table: part.table, rows: before + rows, all }),
      );
      tables.push(compared);
      before += compared.source.rows;
    }
    const same = tables.every(isSame);
    if (same) await endTarget(target);
    return { tables, same };
  } finally {
    await target.end();
  }
}
