import { readFields, type Fields } from '../../../microbizz/domain/event.ts';
import type { GapStore } from '../ports/gaps.ts';
import { toGapRun, type GapRunRow } from '../rows/gap-run-row.ts';
import type { Database } from './database.ts';
import { plainText } from './plain-text.ts';

export function buildGapStore(database: Database): GapStore {
  const { row, rows } = database;
  return {
    async lastEventId() {
      return (await row<{ last: number }>('SELECT coalesce(max(id), 0) AS last FROM events'))?.last ?? 0;
    },
    async findConnectedAt(tenantId) {
      const found = await row<{ at: number | null }>(
        'SELECT min(negotiated_at) AS at FROM installations WHERE tenant_id = $1::bigint',
        [tenantId],
      );
      return found?.at ?? undefined;
    },
    async listLatest(tenantId, { modcode, hook }, objectIds) {
      const byName = new Map(objectIds.map((id) => [plainText(id), id]));
      const found = await rows<{ object_id: string; fields: string }>(
        `SELECT o.object_id, e.fields FROM objects o JOIN events e ON e.id = o.latest_id
         WHERE o.tenant_id = $1 AND o.modcode = $2 AND o.hook = $3 AND o.object_id = ANY ($4::text[]) AND e.fields IS NOT NULL`,
        [tenantId, modcode, hook, [...byName.keys()]],
      );
      return new Map(found.flatMap(({ object_id, fields }) => latest(byName.get(object_id), fields)));
    },
    async findRun(tenantId, { modcode, hook }) {
      const run = await row<GapRunRow>('SELECT * FROM gap_runs WHERE tenant_id = $1 AND modcode = $2 AND hook = $3', [
        ...[tenantId, modcode, hook],
      ]);
      return run && toGapRun(run);
    },
    async listRuns(tenantId) {
      const runs = await rows<GapRunRow>(
        'SELECT * FROM gap_runs WHERE tenant_id = $1::bigint ORDER BY modcode COLLATE "C", hook COLLATE "C"',
        [tenantId],
      );
      return runs.map(toGapRun);
    },
    async noteRun({ tenantId, modcode, hook, since, endedAt, found, fault }) {
      await database.writing(({ run }) =>
        run(
          `INSERT INTO gap_runs AS g (tenant_id, modcode, hook, since, ended_at, found, fault) VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (tenant_id, modcode, hook) DO UPDATE SET since = coalesce(excluded.since, g.since),
             ended_at = excluded.ended_at, found = excluded.found, fault = excluded.fault`,
          [tenantId, modcode, hook, since, endedAt, found, fault && plainText(fault)].map((each) => each ?? null),
        ),
      );
    },
  };
}

function latest(id: string | undefined, text: string): [string, Fields][] {
  const { fields } = readFields(text);
  return id === undefined || fields === undefined ? [] : [[id, fields]];
}
