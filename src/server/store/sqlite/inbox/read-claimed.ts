import { readFields } from '../../../../microbizz/domain/event.ts';
import type { Claimed } from '../../ports/inbox.ts';
import { buildNameOf } from '../event-names.ts';
import { headColumns, headOf, type HeadRow } from '../event-row.ts';
import type { Database } from '../open-database.ts';
import { openStates } from '../open-states.ts';
import { buildReadFields } from '../read-fields.ts';
import { asReading, buildReadText } from '../read-text.ts';

export interface ClaimedRow extends HeadRow {
  forward_id: number;
  attempt: number;
  crashes: number;
  object_id: string;
  previous_id: number | null;
  bytes: number;
  more: number;
}

export const claimedColumns = `${headColumns}, h.forward_id, h.attempt, h.crashes, h.object_id, h.previous_id,
  octet_length(e.fields) + ifnull(octet_length(p.fields), 0) AS bytes,
  EXISTS (SELECT 1 FROM handlings n WHERE n.forward_id = h.forward_id AND n.lane = h.lane AND n.event_id > h.event_id
    AND n.state IN ${openStates}) AS more`;
export const claimedTables =
  'handlings h JOIN events e ON e.id = h.event_id LEFT JOIN events p ON p.id = h.previous_id';

/**
 * The texts of claimed events, one by one. After the transaction: in one that has met a damaged page SQLite accepts no further write.
 */
export function buildReadClaimed(database: Database): (rows: readonly ClaimedRow[], lease: string) => Claimed[] {
  const readText = buildReadText(database);
  const fieldsOf = buildReadFields(database);
  const nameOf = buildNameOf(database);
  const letGo = database.prepare('UPDATE handlings SET lease = NULL WHERE lease = ?');

  function readOne(row: ClaimedRow, lease: string): Claimed {
    const stored = readText(row.id) ?? { text: '' };
    const { fields = {}, unreadable } = stored.text === undefined ? { ...stored, fields: {} } : readFields(stored.text);
    return {
      event: { ...headOf(row), fields },
      name: nameOf(row.id),
      forwardId: row.forward_id,
      attempt: row.attempt + 1,
      lease,
      objectId: row.object_id,
      bytes: row.bytes,
      crashes: row.crashes,
      more: row.more === 1,
      previous: row.previous_id === null ? undefined : fieldsOf(row.previous_id),
      ...(unreadable !== undefined && { unreadable }),
    };
  }

  const readAll = asReading(database, (rows: readonly ClaimedRow[], lease: string): Claimed[] =>
    rows.map((row) => readOne(row, lease)),
  );

  return (rows, lease) => {
    if (rows.length === 0) return [];
    try {
      return readAll(rows, lease);
    } catch (error) {
      letGo.run(lease);
      throw error;
    }
  };
}
