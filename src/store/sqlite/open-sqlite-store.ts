import type { Keyring } from '../../keys/keyring.ts';
import type { Store } from '../store.ts';
import { buildConnections } from './connections.ts';
import { buildForwardStore } from './forwards.ts';
import { buildHistory } from './history.ts';
import { buildInbox } from './inbox.ts';
import { openDatabase } from './open-database.ts';
import { buildOperator } from './operator.ts';

/** @param path a file (its folder is made), or `:memory:`. */
export function openSqliteStore(path: string, keyring: Keyring): Store {
  const database = openDatabase(path);
  const touch = database.prepare('UPDATE sorting SET after_id = after_id');
  return {
    connections: buildConnections(database, keyring),
    inbox: buildInbox(database),
    history: buildHistory(database),
    forwards: buildForwardStore(database, keyring),
    operator: buildOperator(database),
    async checkWritable() {
      touch.run();
    },
    close: () => database.close(),
  };
}
