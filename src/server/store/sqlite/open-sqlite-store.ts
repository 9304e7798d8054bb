import type { Adapter } from '../ports/store.ts';
import { buildChanges } from './changes.ts';
import { buildConnections } from './connections/connections.ts';
import { beginEpoch, buildNameOf } from './event-names.ts';
import { buildForwardStore } from './forwards/forwards.ts';
import { buildGapStore } from './gaps.ts';
import { buildDescribe } from './history/describe.ts';
import { buildHistory } from './history/history.ts';
import { buildGrants } from './connections/grants.ts';
import { buildInbox } from './inbox/inbox.ts';
import type { MigrateOptions } from './migrate.ts';
import { buildInvitations } from './connections/invitations.ts';
import { asTransaction, openBeside, openDatabase } from './open-database.ts';
import { buildTidyLog } from './tidy-log.ts';
import { buildLockWait } from './wait-for-lock.ts';
import { buildOperator } from './operator/operator.ts';
import { buildRetention } from './retention.ts';

const largeInsert =
  "INSERT INTO events (tenant_id, modcode, hook, received_at, body) VALUES (0, '', '', 0, zeroblob(65536))";

/** The history alone, beside the writer: it waits for nobody, and nobody for it. */
export function openSqliteReader(path: string): Pick<Adapter, 'history' | 'close'> {
  const database = openBeside(path);
  return {
    history: buildHistory(database),
    async close() {
      database.close();
    },
  };
}

/** The server's, which makes the file and brings it up to date; or `beside` it, for a program that only uses an existing file. */
export async function openSqliteStore(path: string, as: MigrateOptions | 'beside' = {}): Promise<Adapter> {
  const database = as === 'beside' ? openBeside(path) : openDatabase(path, as);
  // The command line has nobody to answer meanwhile: there SQLite waits by itself.
  if (as !== 'beside') {
    beginEpoch(database);
    database.pragma('busy_timeout = 0');
  }
  const { waiting, end } = buildLockWait(database);
  const mark = database.prepare('SAVEPOINT room');
  const insert = database.prepare(largeInsert);
  const takeBack = database.prepare('ROLLBACK TO room');
  const touch = database.prepare('UPDATE describing SET after_id = after_id');
  // The insert needs new pages, which a full database does not have. A rolled back insert never reaches the disk, so the touch is committed:
  // that needs no new page, but reaches the write-ahead log only if the disk accepts it.
  const checkWritable = asTransaction(database, () => {
    mark.run();
    insert.run();
    takeBack.run();
    touch.run();
  });
  const changes = buildChanges(database);
  const check = async (): Promise<void> => {
    changes.uncounted(checkWritable);
  };
  const nameOf = buildNameOf(database);
  const tidyLog = buildTidyLog(database);
  return {
    connections: waiting(buildConnections(database)),
    invitations: waiting(buildInvitations(database)),
    grants: waiting(buildGrants(database)),
    inbox: waiting(buildInbox(database)),
    history: waiting(buildHistory(database)),
    describing: waiting(buildDescribe(database)),
    forwards: waiting(buildForwardStore(database)),
    operator: waiting(buildOperator(database)),
    retention: waiting(buildRetention(database)),
    gaps: waiting(buildGapStore(database)),
    countChanges: async () => changes.count(),
    nameOf: async (eventId) => nameOf(eventId),
    checkWritable: waiting({ check }, 1000).check,
    async tidyLog() {
      tidyLog();
    },
    async close() {
      await end();
      database.close();
    },
  };
}
