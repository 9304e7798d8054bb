import type { ChangeCounts } from '../ports/changes.ts';
import type { Database } from './database.ts';

/**
 * Asked each time, which is one look at a table of three rows: so a page shows what any process has committed before, and not what there
 * was 250 ms ago. What only arrived is counted when it is sorted, since no page shows it before: a number that each append writes would
 * have them wait for each other's disk.
 */
export async function countChanges({ rows }: Database): Promise<ChangeCounts> {
  const counted = await rows<{ signal: string; n: number }>('SELECT signal, n FROM signals');
  return {
    anything: counted.reduce((sum, { n }) => sum + n, 0),
    revocations: counted.find(({ signal }) => signal === 'revocations')?.n ?? 0,
  };
}
