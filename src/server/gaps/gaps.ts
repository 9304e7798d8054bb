import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../../microbizz/api/api.ts';
import type { Arrival } from '../../microbizz/domain/event.ts';
import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { Refusal } from '../errors.ts';
import { fillGaps } from './fill-gaps.ts';
import type { GapRun, GapStore } from './gap-store.ts';
import { buildTurns } from './turns.ts';

/** Tenants asked at the same time, and milliseconds after which one that takes longer is no longer counted among them. */
const atOnce = 4;
const usualPatience = 10_000;

/** An interval has this many pauses; after each of them those are asked of whom the last run failed. */
const pauses = 6;

export interface GapLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

interface AskedHook extends HookName {
  readonly gaps?: { readonly command: string; readonly items: string };
}

export interface GapsOptions {
  readonly store: GapStore;
  /** The app's events, of which some name a command to ask by. */
  readonly hooks: readonly AskedHook[];
  readonly listTenants: () => Promise<Tenant[]>;
  readonly apiOf: (tenant: Tenant) => Pick<Api, 'pages'>;
  readonly add: (arrival: Arrival, size: number) => Promise<unknown>;
  readonly now: () => number;
  /** Milliseconds between two runs by itself. */
  readonly interval: number;
  /** Milliseconds that a tenant may hold up those who wait; 10,000 when left out. */
  readonly patience?: number;
}

export type Gaps = ReturnType<typeof buildGaps>;

/** Asks Microbizz for what it has not told: on demand, and by itself once started. */
export function buildGaps({ hooks, listTenants, apiOf, interval, patience = usualPatience, ...rest }: GapsOptions) {
  const asked = hooks.flatMap((hook) => (hook.gaps === undefined ? [] : [{ hook, gaps: hook.gaps }]));
  const stopping = new AbortController();
  const { signal } = stopping;
  const isStopped = (): boolean => signal.aborted;
  const inTurn = buildTurns(atOnce, patience);
  /** Of each tenant: the run under way or next in turn, and the one that waits for its end. */
  const queues = new Map<number, Promise<GapRun[]>[]>();
  /** Of whom the last run is not complete. */
  const failed = new Set<number>();
  let log: GapLog | undefined;
  let rounds: Promise<void> = Promise.resolve();

  /** One at a time. Who asks during a run gets the next one: what is under way may have asked Microbizz too early. */
  function queue(tenant: Tenant): Promise<GapRun[]> {
    const runs = queues.get(tenant.id) ?? [];
    const [current, waiting] = runs;
    if (waiting !== undefined) return waiting;
    const run = Promise.resolve(current)
      .catch(() => undefined)
      .then(() => inTurn(() => runFor(tenant)))
      .finally(() => {
        void runs.shift();
        if (runs.length === 0) queues.delete(tenant.id);
      });
    runs.push(run);
    queues.set(tenant.id, runs);
    return run;
  }

  /** All its hooks, one after the other. */
  async function runFor(tenant: Tenant): Promise<GapRun[]> {
    const done: GapRun[] = [];
    for (const one of asked) if (!isStopped()) done.push(await fill(tenant, one));
    if (done.some(({ fault }) => fault !== undefined)) failed.add(tenant.id);
    else failed.delete(tenant.id);
    return done;
  }

  async function fill(tenant: Tenant, { hook, gaps }: (typeof asked)[number]): Promise<GapRun> {
    const { modcode, hook: name } = hook;
    const done = await fillGaps({
      ...rest,
      tenantId: tenant.id,
      hook: { modcode, hook: name },
      ask: (since) => apiOf(tenant).pages(gaps.command, since, { items: gaps.items, signal }),
      isStopped,
    });
    const about = { tenant: tenant.id, hook: hookPath(hook), found: done.found, skipped: done.skipped };
    if (done.fault !== undefined && !isStopped()) log?.warn({ ...about, fault: done.fault }, 'gap run not complete');
    else if (done.found !== 0 || done.skipped !== undefined) log?.info(about, 'changes found that no event reported');
    return done;
  }

  /** Of one tenant, or all. */
  async function run(tenantId?: number): Promise<GapRun[]> {
    const tenants = await listTenants();
    const wanted = tenants.filter(({ id }) => tenantId === undefined || id === tenantId);
    if (tenantId !== undefined && wanted.length === 0)
      throw new Refusal('not-found', `There is no tenant ${tenantId}.`);
    return (await Promise.all(wanted.map(queue))).flat();
  }

  /** Begins a run for each; nobody waits for their ends. */
  async function begin(isWanted: (tenantId: number) => boolean): Promise<void> {
    const noteFault = (err: unknown): void => log?.error({ err }, 'gap run failed; it comes again');
    const tenants = await listTenants().catch((err: unknown) => {
      noteFault(err);
      return [];
    });
    for (const tenant of tenants) if (isWanted(tenant.id)) queue(tenant).catch(noteFault);
  }

  /**
   * A tenant whose run failed is asked again sooner: nobody else may call it, and learn that it is back. One whose run is still under way
   * is left out, and holds up nobody.
   */
  async function runRounds(): Promise<void> {
    for (let pause = 0; !isStopped(); pause = (pause + 1) % pauses) {
      await begin((id) => !queues.has(id) && (pause === 0 || failed.has(id)));
      await delay(interval / pauses, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  return {
    run,
    /** `modcode/hook` of the hooks that name no command. */
    unlisted: hooks.filter((hook) => hook.gaps === undefined).map(hookPath),
    runs: (tenantId: number): Promise<GapRun[]> => rest.store.listRuns(tenantId),
    /** Runs now, and then again and again. */
    start(to: GapLog): void {
      log = to;
      if (asked.length > 0) rounds = runRounds();
    },
    /** There may be a gap: the tenant is new, or its Microbizz answers again. Does nothing before the start. */
    suspect(tenantId: number): void {
      if (log !== undefined && !isStopped()) void begin((id) => id === tenantId);
    },
    /** Ends when what is under way has ended, which is told to stop. */
    async close(): Promise<void> {
      stopping.abort();
      await rounds;
      await Promise.allSettled([...queues.values()].flat());
    },
  };
}
