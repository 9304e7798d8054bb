import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HookName } from '../../microbizz/domain/hook.ts';
import type { MicrobizzObject } from '../../microbizz/domain/read-object.ts';
import type { Difference } from '../history/diff-objects.ts';
import type { compareEvents, readContent, writeContent } from '../history/show-event.ts';
import type {
  Change,
  ChangeFilter,
  ChangeList,
  ChangePage,
  History,
  KnownObject,
  ObjectChange,
  ObjectName,
} from '../store/ports/history.ts';

/** Reads the contents of events: large ones on another thread. */
export interface ReadEvents {
  compare(...given: Parameters<typeof compareEvents>): Promise<ReturnType<typeof compareEvents>>;
  read(...given: Parameters<typeof readContent>): Promise<ReturnType<typeof readContent>>;
  write(...given: Parameters<typeof writeContent>): Promise<ReturnType<typeof writeContent>>;
}

/** Characters of events that are compared for one page: half a second on the other thread. */
const mostCompared = 4 * 1024 * 1024;
/** Characters of a part of an export, the last event beyond it. */
const exportPart = 256 * 1024;

export type ComparedChange = ObjectChange & {
  /** Every field that is different from the event before; undefined where there is none, or a page has too much to compare. */
  readonly difference: Difference | undefined;
};

export type TenantHistory = ReturnType<typeof bindHistory>;

/** A tenant's own history. */
export function bindHistory(history: History, events: ReadEvents, tenantId: number) {
  /** Undefined also for an object that could not be read in time. */
  async function compare(change: ObjectChange): Promise<Difference | undefined> {
    if (change.previousId === undefined) return undefined;
    const [before, after] = [
      await history.readEvent(tenantId, change.previousId),
      await history.readEvent(tenantId, change.eventId),
    ];
    await nextTurn();
    if (before === undefined || after === undefined) return undefined;
    return events.compare(nameOf(change), before, after).catch(() => undefined);
  }

  return {
    listChanges: (filter: ChangeFilter, page: ChangePage) => history.listChanges(tenantId, filter, page),
    countChanges: (filter: ChangeFilter, days: { readonly since: string; readonly until: string }) =>
      history.countChanges(tenantId, filter, days),
    lastEventAt: () => history.lastEventAt(tenantId),
    countUndescribed: () => history.countUndescribed(tenantId),

    /** With the whole object of each, as JSON text in one line. A list may be shorter than the page: large ones come a few at a time. */
    async exportChanges(filter: ChangeFilter, page: ChangePage): Promise<ChangeList<Change & { object: string }>> {
      const { changes, next } = await history.listChanges(tenantId, filter, page);
      const exported: (Change & { object: string })[] = [];
      let size = 0;
      for (const change of changes) {
        const json = (await history.readEvent(tenantId, change.eventId)) ?? '{}';
        exported.push({ ...change, object: await events.write(nameOf(change), json) });
        size += json.length;
        if (size >= exportPart && change !== changes.at(-1)) return { changes: exported, next: change.eventId };
      }
      return { changes: exported, next };
    },

    async findObject(name: ObjectName): Promise<(KnownObject & { latest: MicrobizzObject | undefined }) | undefined> {
      const known = await history.findObject(tenantId, name);
      const json = known && (await history.readEvent(tenantId, known.latestId));
      const latest = json === undefined ? undefined : await events.read(nameOf(name), json).catch(() => undefined);
      return known && { ...known, latest };
    },

    async listObjectChanges(name: ObjectName, page: ChangePage): Promise<ChangeList<ComparedChange>> {
      const { changes, next } = await history.listObjectChanges(tenantId, name, page);
      const compared: ComparedChange[] = [];
      let left = mostCompared;
      for (const change of changes) {
        left -= change.size;
        compared.push({ ...change, difference: left < 0 ? undefined : await compare(change) });
      }
      return { changes: compared, next };
    },
  };
}

function nameOf({ modcode, hook }: HookName): HookName {
  return { modcode, hook };
}
