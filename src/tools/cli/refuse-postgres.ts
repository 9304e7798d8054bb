import type { Config } from '../../server/config.ts';
import { Refusal } from '../../server/errors.ts';
import { isPostgres } from '../../server/places.js';

/** For commands that work on the file of the database. */
export function refusePostgres({ DATABASE_URL: url }: Config, instead: string): void {
  if (isPostgres(url)) throw new Refusal('bad-request', `The database is a PostgreSQL, not a file: ${instead}.`);
}
