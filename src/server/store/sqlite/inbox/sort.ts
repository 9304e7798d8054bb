import { mainVariable } from '../../../../microbizz/domain/catalogue.ts';
import { differs } from '../../../../microbizz/domain/differs.ts';
import { hookPath } from '../../../../microbizz/domain/hook.ts';
import { readObject } from '../../../../microbizz/domain/read-object.ts';
import type { SortedEvent } from '../../ports/inbox.ts';
import { appHandler } from '../../ports/inbox.ts';
import type { Counters } from './count.ts';
import { buildLanes } from './lanes.ts';
import type { Database } from '../open-database.ts';
import { buildReadFields } from '../read-fields.ts';
import type { UnsortedRuns } from './unsorted.ts';

interface Known {
  hash: Buffer | null;
  latest_id: number;
}

type State = ReturnType<typeof prepare>;

function prepare(database: Database, counters: Counters) {
  const findObject = database.prepare<[number, string, string, string], Known>(
    'SELECT hash, latest_id FROM objects WHERE tenant_id = ? AND modcode = ? AND hook = ? AND object_id = ?',
  );
  const upsertObject = database.prepare(
    `INSERT INTO objects (tenant_id, modcode, hook, object_id, hash, latest_id, changes) VALUES (?, ?, ?, ?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET hash = excluded.hash, latest_id = excluded.latest_id, changes = changes + 1`,
  );
  const listForwards = database.prepare<[number], { id: number; hooks: string }>(
    'SELECT id, hooks FROM forwards WHERE tenant_id = ?',
  );
  const gapAfterOf = database.prepare<[number], number | null>('SELECT gap_after FROM events WHERE id = ?').pluck();
  const readFields = buildReadFields(database);
  const lanes = buildLanes(database);
  return { counters, findObject, upsertObject, listForwards, gapAfterOf, readFields, lanes };
}

/**
 * The same content as it came, from any source. For an object that Microbizz was asked for: also when the object was reported after that, or
 * when it is the latest in another writing. The filler checks before it adds, but the latest may not have been in its lane then.
 */
function isTold(state: State, { hash, latest_id }: Known, event: SortedEvent): boolean {
  if (hash?.equals(event.hash) === true) return true;
  if (event.gapAfter === undefined) return false;
  return (state.gapAfterOf.get(latest_id) ?? latest_id) > event.gapAfter || !isNews(state, event, latest_id);
}

function isNews({ readFields }: State, event: SortedEvent, latestId: number): boolean {
  const [latest, asked] = [readFields(latestId), readFields(event.id)].map(
    (fields) => fields && readObject(fields, mainVariable(event)),
  );
  return asked === undefined || differs(latest, asked);
}

function sortOne(state: State, event: SortedEvent, forwards: readonly number[]): void {
  const { counters, lanes, findObject, upsertObject } = state;
  const { id, tenantId, modcode, hook, objectId } = event;
  counters.add(tenantId, event.rejected ? 'rejected' : 'received');
  if (event.rejected) return;
  if (event.unreadable !== undefined) {
    counters.add(tenantId, 'dead');
    lanes.record(event, appHandler, undefined, 'dead', event.unreadable);
    return;
  }
  const known = objectId === '' ? undefined : findObject.get(tenantId, modcode, hook, objectId);
  if (known !== undefined && isTold(state, known, event)) {
    counters.add(tenantId, 'duplicate');
    lanes.record(event, appHandler, known.latest_id, 'duplicate');
    return;
  }
  if (objectId !== '') upsertObject.run(tenantId, modcode, hook, objectId, event.hash, id);
  if (event.handler) lanes.enqueue(event, appHandler, known?.latest_id);
  else {
    counters.add(tenantId, 'handled');
    lanes.record(event, appHandler, known?.latest_id, 'handled');
  }
  for (const forward of forwards) lanes.enqueue(event, forward, known?.latest_id);
}

/** Puts the first unsorted events of some tenants into their lanes. Those that another process has sorted meanwhile are left alone. */
export function buildSort(
  database: Database,
  runs: UnsortedRuns,
  counters: Counters,
): (events: readonly SortedEvent[]) => void {
  const state = prepare(database, counters);
  return (events) => {
    for (const [tenantId, own] of Map.groupBy(events, (event) => event.tenantId)) {
      if (!runs.take(tenantId, own[0]?.id ?? 0, own.at(-1)?.id ?? 0)) continue;
      const forwards = state.listForwards
        .all(tenantId)
        .map(({ id, hooks }) => ({ id, hooks: JSON.parse(hooks) as string[] }));
      for (const event of own) {
        const path = hookPath(event);
        const wanted = forwards.filter(({ hooks }) => hooks.length === 0 || hooks.includes(path));
        sortOne(
          state,
          event,
          wanted.map(({ id }) => id),
        );
      }
    }
  };
}
