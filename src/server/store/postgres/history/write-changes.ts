import { hookPath } from '../../../../microbizz/domain/hook.ts';
import { markWords } from '../../mark-words.ts';
import type { Described, Repeated } from '../../ports/descriptions.ts';
import type { Queries } from '../database.ts';
import { plainText } from '../plain-text.ts';

/** Within the transaction that moves the place. Events that an operator has removed since they were listed are left out. */
export async function writeChanges(queries: Queries, told: readonly (Described | Repeated)[]): Promise<void> {
  const changes = told.filter((each) => each.kind === 'change');
  const repeated = told.filter((each) => each.kind === 'duplicate');
  if (changes.length > 0) await write(queries, changes, await makeScopes(queries, changes));
  if (repeated.length > 0)
    await queries.run(
      `INSERT INTO duplicates (tenant_id, event_id, received_at)
       SELECT r.* FROM unnest($1::int[], $2::bigint[], $3::bigint[]) AS r (tenant_id, id, received_at) JOIN events e ON e.id = r.id`,
      [
        repeated.map(({ tenantId }) => tenantId),
        repeated.map(({ id }) => id),
        repeated.map(({ receivedAt }) => receivedAt),
      ],
    );
}

const scopeKey = (of: Pick<Described, 'tenantId' | 'modcode' | 'hook'>): string => `${of.tenantId} ${hookPath(of)}`;

async function makeScopes({ rows, run }: Queries, changes: readonly Described[]): Promise<Map<string, number>> {
  const hooks = [...new Map(changes.map((change) => [scopeKey(change), change])).values()];
  const values = [
    hooks.map(({ tenantId }) => tenantId),
    hooks.map(({ modcode }) => modcode),
    hooks.map(({ hook }) => hook),
  ];
  const asked = 'unnest($1::int[], $2::text[], $3::text[]) AS h (tenant_id, modcode, hook)';
  const find = `SELECT s.id, s.tenant_id AS "tenantId", s.modcode, s.hook FROM ${asked}
    JOIN scopes s ON s.tenant_id = h.tenant_id AND s.modcode = h.modcode AND s.hook = h.hook`;
  let found = await rows<{ id: number } & Pick<Described, 'tenantId' | 'modcode' | 'hook'>>(find, values);
  if (found.length < hooks.length) {
    await run(`INSERT INTO scopes (tenant_id, modcode, hook) SELECT * FROM ${asked} ON CONFLICT DO NOTHING`, values);
    found = await rows(find, values);
  }
  return new Map(found.map((scope) => [scopeKey(scope), scope.id]));
}

const writeAll = `
  WITH given AS MATERIALIZED (
    SELECT g.* FROM unnest($1::bigint[], $2::int[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bool[], $8::text[], $9::text[],
        $10::text[], $11::text[], $12::text[])
      AS g (event_id, scope_id, object_id, previous_id, received_at, day, gap, userid, usercode, title, summary, words)
    JOIN events e ON e.id = g.event_id),
  behind AS (
    SELECT scope_id, greatest(coalesce(max(received_at) OVER (PARTITION BY scope_id ORDER BY event_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0),
      coalesce((SELECT max(received_at) FROM changes c WHERE c.scope_id = given.scope_id), 0)) - received_at AS setback FROM given),
  set_back AS (
    UPDATE scopes s SET setback = b.setback FROM (SELECT scope_id, max(setback) AS setback FROM behind GROUP BY scope_id) b
    WHERE s.id = b.scope_id AND b.setback > s.setback),
  days AS (
    INSERT INTO day_counts AS d SELECT scope_id, day, count(*) FROM given GROUP BY scope_id, day
    ON CONFLICT (scope_id, day) DO UPDATE SET changes = d.changes + excluded.changes),
  user_days AS (
    INSERT INTO user_day_counts AS d SELECT scope_id, userid, usercode, day, count(*) FROM given
    WHERE userid <> '' OR usercode <> '' GROUP BY scope_id, userid, usercode, day
    ON CONFLICT (scope_id, userid, usercode, day) DO UPDATE SET changes = d.changes + excluded.changes)
  INSERT INTO changes (event_id, scope_id, object_id, previous_id, received_at, day, gap, userid, usercode, title, summary, words)
  SELECT event_id, scope_id, object_id, previous_id, received_at, day, gap, userid, usercode, title, summary,
    array_to_tsvector(string_to_array(words, ' ')) FROM given`;

async function write(
  { run }: Queries,
  changes: readonly Described[],
  scopes: ReadonlyMap<string, number>,
): Promise<void> {
  const scopeOf = (change: Described): number => scopes.get(scopeKey(change)) ?? 0;
  await run(writeAll, [
    changes.map(({ id }) => id),
    changes.map(scopeOf),
    changes.map(({ objectId }) => plainText(objectId)),
    changes.map(({ previousId }) => previousId ?? null),
    changes.map(({ receivedAt }) => receivedAt),
    changes.map(({ day }) => day),
    changes.map(({ gap }) => gap),
    changes.map(({ userid }) => plainText(userid)),
    changes.map(({ usercode }) => plainText(usercode)),
    changes.map(({ title }) => plainText(title)),
    changes.map(({ summary }) => JSON.stringify(summary)),
    changes.map((change) => markWords(change.id, scopeOf(change), change.words, change).join(' ')),
  ]);
}
