import type { Keyring } from '../../keys/keyring.ts';
import type { Store } from '../store.ts';
import { buildConnections } from './connections.ts';
import { buildForwardStore } from './forwards.ts';
import { buildGapStore } from './gaps.ts';
import { buildDescribe } from './history-describe.ts';
import { buildHistory } from './history.ts';
import { buildInbox } from './inbox.ts';
import type { MigrateOptions } from './migrate.ts';
import { asTransaction, openBeside, openDatabase } from './open-database.ts';
import { buildOperator } from './operator.ts';

/** The server's, which makes the file and brings it up to date; or `beside` it, for who only uses what is there. */
export function openSqliteStore(path: string, keyring: Keyring, as: MigrateOptions | 'beside' = {}): Store {
  const database = as === 'beside' ? openBeside(path) : openDatabase(path, as);
  const mark = database.prepare('SAVEPOINT room');
  const insert = database.prepare(
    "INSERT INTO events (tenant_id, modcode, hook, received_at, body) VALUES (0, '', '', 0, zeroblob(65536))",
  );
  const takeBack = database.prepare('ROLLBACK TO room');
  const touch = database.prepare('UPDATE sorting SET after_id = after_id');
  // The insert needs new pages, which a full database has not. What is taken back never reaches the disk, so the touch is committed:
  // that needs no new page, but the write-ahead log takes it only where the disk does.
  const checkWritable = asTransaction(database, () => {
    mark.run();
    insert.run();
    takeBack.run();
    touch.run();
  });
  const byOthers = database.prepare<[], number>('PRAGMA data_version').pluck();
  const byUs = database.prepare<[], number>('SELECT total_changes()').pluck();
  return {
    version: () => `${byOthers.get() ?? 0} ${byUs.get() ?? 0}`,
    connections: buildConnections(database, keyring),
    inbox: buildInbox(database),
    history: buildHistory(database),
    describing: buildDescribe(database),
    forwards: buildForwardStore(database, keyring),
    operator: buildOperator(database),
    gaps: buildGapStore(database),
    async checkWritable() {
      checkWritable();
    },
    close: () => database.close(),
  };
}
