import { hookPath } from '../../domain/hook.ts';
import type { SortedEvent } from '../../inbox/inbox-store.ts';
import { appHandler } from '../../inbox/inbox-store.ts';
import type { Counters } from './count.ts';
import { buildLanes } from './lanes.ts';
import type { Database } from './open-database.ts';

interface Known {
  hash: Buffer | null;
  latest_id: number;
}

/** Puts the events after `after` into their lanes. False when another process has done it. */
export function buildSort(
  database: Database,
  counters: Counters,
): (after: number, events: readonly SortedEvent[]) => boolean {
  const advance = database.prepare('UPDATE sorting SET after_id = ? WHERE after_id = ?');
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
  const lanes = buildLanes(database);

  /** The same content, whoever tells it. And what Microbizz was asked for, when we were told of the object after that. */
  function isTold({ hash, latest_id }: Known, { hash: told, gapAfter }: SortedEvent): boolean {
    if (hash?.equals(told) === true) return true;
    return gapAfter !== undefined && (gapAfterOf.get(latest_id) ?? latest_id) > gapAfter;
  }

  function sortOne(event: SortedEvent, forwards: readonly number[]): void {
    const { id, tenantId, modcode, hook, objectId } = event;
    counters.add(tenantId, event.rejected ? 'rejected' : 'received');
    if (event.rejected) return;
    const known = objectId === '' ? undefined : findObject.get(tenantId, modcode, hook, objectId);
    if (known !== undefined && isTold(known, event)) {
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

  return (after, events) => {
    const last = events.at(-1);
    if (last === undefined || advance.run(last.id, after).changes === 0) return false;
    const forwards = new Map<number, { id: number; hooks: string[] }[]>();
    for (const event of events) {
      let ofTenant = forwards.get(event.tenantId);
      if (ofTenant === undefined) {
        ofTenant = listForwards
          .all(event.tenantId)
          .map(({ id, hooks }) => ({ id, hooks: JSON.parse(hooks) as string[] }));
        forwards.set(event.tenantId, ofTenant);
      }
      const path = hookPath(event);
      const wanted = ofTenant.filter(({ hooks }) => hooks.length === 0 || hooks.includes(path));
      sortOne(
        event,
        wanted.map(({ id }) => id),
      );
    }
    return true;
  };
}
