import type { Fields } from '../../domain/event.ts';
import type { History, Named } from '../history.ts';
import type { Database } from './open-database.ts';

interface Row {
  modcode: string;
  hook: string;
  object_id: string;
  changed_at: number;
  changes: number;
  latest: string | null;
  previous: string | null;
}

const objects = `SELECT o.modcode, o.hook, o.object_id, o.changed_at, o.changes, e.fields AS latest, p.fields AS previous
  FROM objects o LEFT JOIN events e ON e.id = o.latest_id LEFT JOIN events p ON p.id = o.previous_id`;
const newestFirst = 'ORDER BY o.changed_at DESC, o.latest_id DESC LIMIT ?';
const days = 'SELECT day, sum(changes) AS changes FROM days WHERE tenant_id = ? AND day >= ?';

export function buildHistory(database: Database): History {
  const latest = database.prepare<[number, number], Row>(`${objects} WHERE o.tenant_id = ? ${newestFirst}`);
  // An empty userid or usercode names nobody: it must not match the objects that name nobody.
  const latestNamed = database.prepare<{ tenantId: number; limit: number } & Named, Row>(
    `${objects} WHERE o.tenant_id = :tenantId AND (o.userid = :userid AND o.userid <> '' OR o.usercode = :usercode AND o.usercode <> '')
     ORDER BY o.changed_at DESC, o.latest_id DESC LIMIT :limit`,
  );
  const perDay = database.prepare<[number, string], { day: string; changes: number }>(
    `${days} GROUP BY day ORDER BY day`,
  );
  const perDayNamed = database.prepare<[number, string, string, string], { day: string; changes: number }>(
    `${days} AND (userid = ? AND userid <> '' OR usercode = ? AND usercode <> '') GROUP BY day ORDER BY day`,
  );

  return {
    async latestObjects(tenantId, limit, named?: Named) {
      const rows = named ? latestNamed.all({ tenantId, limit, ...named }) : latest.all(tenantId, limit);
      return rows.map((row) => ({
        modcode: row.modcode,
        hook: row.hook,
        objectId: row.object_id,
        changedAt: row.changed_at,
        changes: row.changes,
        latest: parse(row.latest),
        previous: parse(row.previous),
      }));
    },
    async changesPerDay(tenantId, since, named?: Named) {
      return named ? perDayNamed.all(tenantId, since, named.userid, named.usercode) : perDay.all(tenantId, since);
    },
  };
}

function parse(fields: string | null): Fields | undefined {
  return fields === null ? undefined : (JSON.parse(fields) as Fields);
}
