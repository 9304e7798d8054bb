/** How long a tenant's handled events are kept, and whom its changes named. */
export interface RetentionStore {
  /** Days after which this tenant's handled events go; undefined: as long as the server keeps them (RETENTION_DAYS). */
  find(tenantId: number): Promise<number | undefined>;
  set(tenantId: number, days: number | undefined): Promise<void>;
  /** Those that have one of their own. */
  list(): Promise<{ tenantId: number; days: number }[]>;
  /** Forgets whom changes before that day named, of one tenant or of all: the counts a day that are kept name nobody. */
  forgetUsers(day: string, tenantId?: number): Promise<void>;
}
