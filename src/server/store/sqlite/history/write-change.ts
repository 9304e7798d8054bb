import type { Described } from '../../ports/descriptions.ts';
import type { Database } from '../open-database.ts';
import { buildScopes } from './scopes.ts';
import { markWords } from '../../mark-words.ts';

/** Writes one description to all tables that show, find and count it, within the transaction that moves the place. */
export function buildWriteChange(database: Database): (change: Described) => void {
  const insert = database.prepare(
    `INSERT INTO changes (event_id, scope_id, object_id, previous_id, received_at, day, gap, userid, usercode, title, summary)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertWords = database.prepare('INSERT INTO words (rowid, list) VALUES (?, ?)');
  const count = database.prepare(
    'INSERT INTO day_counts VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET changes = changes + 1',
  );
  const countUser = database.prepare(
    'INSERT INTO user_day_counts VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET changes = changes + 1',
  );
  const newestOf = database
    .prepare<[number], number | null>(
      'SELECT max(received_at) FROM changes INDEXED BY changes_received WHERE scope_id = ?',
    )
    .pluck();
  const noteSetback = database.prepare('UPDATE scopes SET setback = max(setback, ?) WHERE id = ?');
  const scopes = buildScopes(database);

  return (change) => {
    const { id, objectId, receivedAt, day, userid, usercode } = change;
    const scope = scopes.get(change.tenantId, change);
    const summary = JSON.stringify(change.summary);
    const setback = (newestOf.get(scope) ?? receivedAt) - receivedAt;
    if (setback > 0) noteSetback.run(setback, scope);
    const [previous, gap] = [change.previousId ?? null, change.gap ? 1 : 0];
    insert.run(id, scope, objectId, previous, receivedAt, day, gap, userid, usercode, change.title, summary);
    insertWords.run(id, markWords(id, scope, change.words, change).join(' '));
    count.run(scope, day);
    if (userid !== '' || usercode !== '') countUser.run(scope, userid, usercode, day);
  };
}
