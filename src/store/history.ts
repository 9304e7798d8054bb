import type { HookName } from '../domain/hook.ts';
import type { Fields } from '../domain/event.ts';

/** An object as its events tell of it: the last two of them, and how many changes there were. */
export interface ObjectHistory extends HookName {
  readonly objectId: string;
  /** Milliseconds since 1970, when the last event came in. */
  readonly changedAt: number;
  readonly changes: number;
  readonly latest: Fields | undefined;
  readonly previous: Fields | undefined;
}

/** Objects that name this user: `userid` equal to `id`, or `usercode`. */
export interface Named {
  readonly userid: string;
  readonly usercode: string;
}

export interface History {
  /** Objects of a tenant, changed last first. */
  latestObjects(tenantId: number, limit: number, named?: Named): Promise<ObjectHistory[]>;
  /** Changes a day (`YYYY-MM-DD`, Danish time), oldest first; days without changes are left out. */
  changesPerDay(tenantId: number, since: string, named?: Named): Promise<{ day: string; changes: number }[]>;
}
