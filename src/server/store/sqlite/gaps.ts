import type { Fields } from '../../../microbizz/domain/event.ts';
import type { GapStore } from '../ports/gaps.ts';
import { toGapRun, type GapRunRow } from '../rows/gap-run-row.ts';
import type { Database } from './open-database.ts';
import { buildReadFields } from './read-fields.ts';
import { asReading } from './read-text.ts';

interface Latest {
  object_id: string;
  latest_id: number;
}

export function buildGapStore(database: Database): GapStore {
  const lastEventId = database.prepare<[], number>('SELECT coalesce(max(id), 0) FROM events').pluck();
  const connectedAt = database
    .prepare<[number], number | null>('SELECT min(negotiated_at) FROM installations WHERE tenant_id = ?')
    .pluck();
  const listLatest = database.prepare<[number, string, string, string], Latest>(
    `SELECT o.object_id, o.latest_id FROM objects o
     WHERE o.tenant_id = ? AND o.modcode = ? AND o.hook = ? AND o.object_id IN (SELECT value FROM json_each(?))`,
  );
  const readFields = buildReadFields(database);
  const readAll = asReading(database, (rows: readonly Latest[]): Map<string, Fields> => {
    const known = rows.map(({ object_id, latest_id }) => [object_id, readFields(latest_id)] as const);
    return new Map(known.filter((each): each is readonly [string, Fields] => each[1] !== undefined));
  });
  const findRun = database.prepare<[number, string, string], GapRunRow>(
    'SELECT * FROM gap_runs WHERE tenant_id = ? AND modcode = ? AND hook = ?',
  );
  const listRuns = database.prepare<[number], GapRunRow>(
    'SELECT * FROM gap_runs WHERE tenant_id = ? ORDER BY modcode, hook',
  );
  const note = database.prepare(
    `INSERT INTO gap_runs (tenant_id, modcode, hook, since, ended_at, found, fault) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET since = coalesce(excluded.since, since), ended_at = excluded.ended_at, found = excluded.found,
       fault = excluded.fault`,
  );

  return {
    lastEventId: async () => lastEventId.get() ?? 0,
    findConnectedAt: async (tenantId) => connectedAt.get(tenantId) ?? undefined,
    async listLatest(tenantId, { modcode, hook }, objectIds) {
      return readAll(listLatest.all(tenantId, modcode, hook, JSON.stringify(objectIds)));
    },
    async findRun(tenantId, { modcode, hook }) {
      const row = findRun.get(tenantId, modcode, hook);
      return row && toGapRun(row);
    },
    listRuns: async (tenantId) => listRuns.all(tenantId).map(toGapRun),
    async noteRun({ tenantId, modcode, hook, since, endedAt, found, fault }) {
      note.run(tenantId, modcode, hook, since ?? null, endedAt ?? null, found ?? null, fault ?? null);
    },
  };
}
