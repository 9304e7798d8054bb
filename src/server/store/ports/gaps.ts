import type { Fields } from '../../../microbizz/domain/event.ts';
import type { HookName } from '../../../microbizz/domain/hook.ts';

/** The result of the last run for one tenant and hook. */
export interface GapRun extends HookName {
  readonly tenantId: number;
  /** The watermark, `YYYY-MM-DD HH:MM:SS` by Microbizz's own clock: when the last complete run asked. Missing until there was one. */
  readonly since?: string;
  /** Milliseconds since 1970, by our clock. */
  readonly endedAt?: number;
  /** Changes that no event had reported. */
  readonly found?: number;
  /** Objects that could not be used: without an id. Only in the answer of a run; not remembered. */
  readonly skipped?: number;
  /** Why the last run is not complete, in a sentence; missing when it is. */
  readonly fault?: string;
}

/** The store of the gap filler. Of two runs for one tenant and hook the one that is noted last stays. */
export interface GapStore {
  /** Every event that comes later has a higher id (store.ts): one with a lower id was reported before this was asked. */
  lastEventId(): Promise<number>;
  /** When the tenant negotiated first; undefined when it is not there. */
  findConnectedAt(tenantId: number): Promise<number | undefined>;
  /** The fields of the latest event of each of these objects, by id; unknown objects are left out. */
  listLatest(tenantId: number, hook: HookName, objectIds: readonly string[]): Promise<Map<string, Fields>>;
  findRun(tenantId: number, hook: HookName): Promise<GapRun | undefined>;
  listRuns(tenantId: number): Promise<GapRun[]>;
  /** The watermark stays where the run has none. */
  noteRun(run: GapRun): Promise<void>;
}
