import type { ChangeCounts } from '../ports/changes.ts';
import type { Database } from './database.ts';

/**
 * Asked each time, by one read of a table of three rows: so a page shows everything that any process has committed before, and not the
 * state of 250 ms ago. Arrivals are counted when they are sorted, because no page shows them before: if each append wrote a number, they
 * would wait for each other's disk.
 */
export async function countChanges({ rows }: Database): Promise<ChangeCounts> {
  const counted = await rows<{ signal: string; n: number }>('SELECT signal, n FROM signals');
  return {
    anything: counted.reduce((sum, { n }) => sum + n, 0),
    revocations: counted.find(({ signal }) => signal === 'revocations')?.n ?? 0,
  };
}
