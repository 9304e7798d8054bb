import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../api/api.ts';
import type { Arrival } from '../domain/event.ts';
import { hookPath, type HookName } from '../domain/hook.ts';
import type { Tenant } from '../domain/tenant.ts';
import { Refusal } from '../errors.ts';
import { fillGaps } from './fill-gaps.ts';
import type { GapRun, GapStore } from './gap-store.ts';

/** Tenants asked at the same time by a run for all of them: one that does not answer holds up a quarter. */
const atOnce = 4;

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
}

export type Gaps = ReturnType<typeof buildGaps>;

/** Asks Microbizz for what it has not told: on demand, and by itself once started. */
export function buildGaps({ hooks, listTenants, apiOf, interval, ...rest }: GapsOptions) {
  const asked = hooks.flatMap((hook) => (hook.gaps === undefined ? [] : [{ hook, gaps: hook.gaps }]));
  const stopping = new AbortController();
  const { signal } = stopping;
  const isStopped = (): boolean => signal.aborted;
  /** Of each tenant and hook: the run under way, and the one that waits for its end. */
  const queues = new Map<string, Promise<GapRun>[]>();
  let log: GapLog | undefined;
  let rounds: Promise<void> = Promise.resolve();

  /** One at a time. Who asks during a run gets the next one: what is under way may have asked Microbizz too early. */
  function queue(tenant: Tenant, one: (typeof asked)[number]): Promise<GapRun> {
    const key = `${tenant.id}/${hookPath(one.hook)}`;
    const runs = queues.get(key) ?? [];
    const [current, waiting] = runs;
    if (waiting !== undefined) return waiting;
    const run = Promise.resolve(current)
      .catch(() => undefined)
      .then(() => fill(tenant, one))
      .finally(() => {
        void runs.shift();
        if (runs.length === 0) queues.delete(key);
      });
    runs.push(run);
    queues.set(key, runs);
    return run;
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
    else if (done.found !== 0 || done.skipped !== undefined) log?.info(about, 'changes found that no event told of');
    return done;
  }

  /** Of one tenant, or all. */
  async function run(tenantId?: number): Promise<GapRun[]> {
    const tenants = await listTenants();
    if (tenantId === undefined) return runFor(tenants);
    const tenant = tenants.find(({ id }) => id === tenantId);
    if (tenant === undefined) throw new Refusal('not-found', `There is no tenant ${tenantId}.`);
    return runFor([tenant]);
  }

  async function runFor(tenants: Tenant[]): Promise<GapRun[]> {
    const done: GapRun[] = [];
    async function runSome(): Promise<void> {
      for (let tenant = tenants.shift(); tenant !== undefined && !isStopped(); tenant = tenants.shift())
        for (const one of asked) done.push(await queue(tenant, one));
    }
    await Promise.all(Array.from({ length: atOnce }, runSome));
    return done;
  }

  /** The tenants of whom a run is not complete. */
  async function runByItself(isWanted: (tenantId: number) => boolean): Promise<Set<number>> {
    try {
      const runs = await runFor((await listTenants()).filter(({ id }) => isWanted(id)));
      return new Set(runs.filter(({ fault }) => fault !== undefined).map(({ tenantId }) => tenantId));
    } catch (err) {
      log?.error({ err }, 'gap run failed; it comes again');
      return new Set();
    }
  }

  /** A tenant whose run failed is asked again sooner: nobody else may call it, and learn that it is back. */
  async function runRounds(): Promise<void> {
    let failed = new Set<number>();
    for (let pause = 0; !isStopped(); pause = (pause + 1) % pauses) {
      const again = failed;
      failed = await runByItself((id) => pause === 0 || again.has(id));
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
      if (log !== undefined && !isStopped()) void runByItself((id) => id === tenantId);
    },
    /** Ends when what is under way has ended, which is told to stop. */
    async close(): Promise<void> {
      stopping.abort();
      await rounds;
      await Promise.allSettled([...queues.values()].flat());
    },
  };
}
