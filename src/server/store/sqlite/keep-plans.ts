import type { Database } from './open-database.ts';

/**
 * SQLite plans a statement again for each run when one of its values might make another plan better: 5 to 90 µs, ten times as long as
 * the run. better-sqlite3 has no way to say that one plan is for ever (SQLITE_DBCONFIG_ENABLE_QPSG,
 * https://sqlite.org/c3ref/c_dbconfig_defensive.html). Behind a plus, which changes no value, SQLite does not look for one; and no plan of
 * ours is another then.
 */
export function keepPlans(database: Database): void {
  const prepare = database.prepare.bind(database) as (sql: string) => unknown;
  const keeping = (sql: string): unknown => prepare(sql.replaceAll(/(=|LIMIT) (?=[?:@])/g, '$1 +'));
  database.prepare = keeping as Database['prepare'];
}
