import { Refusal } from '../../errors.ts';
import type { Database } from './database.ts';

/** Holds how far `migrate-store` is, and is gone when everything is there. */
export const movingTable = 'moving';

/** Events would be given ids that older ones have yet to come with. */
export async function refuseHalfMoved({ row }: Database): Promise<void> {
  const found = await row<{ moving: string | null }>('SELECT to_regclass($1)::text AS moving', [movingTable]);
  if (found?.moving == null) return;
  throw new Refusal(
    'unavailable',
    'The database is being moved here from SQLite, and not all of it is there yet: run "migrate-store" once more, to its end.',
  );
}
