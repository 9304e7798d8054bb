import { setTimeout as delay } from 'node:timers/promises';
import type { Api } from '../../microbizz/api/api.ts';
import type { Arrival } from '../../microbizz/domain/event.ts';
import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { Refusal } from '../errors.ts';
import { fillGaps } from './fill-gaps.ts';
import type { GapRun, GapStore } from '../store/ports/gaps.ts';
import { buildTurns, type InTurn } from './turns.ts';

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

/** The command that lists the changes, and the field of its output that holds the objects. */
interface Asking {
  readonly command: string;
  readonly items: string;
}
interface AskedHook extends HookName {
  readonly gaps?: Asking;
}
interface AskedOne {
  readonly hook: HookName;
  readonly gaps: Asking;
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

/** Asks Microbizz for changes that no event reported: on demand, and by itself once started. */
export interface Gaps {
  /** Of one tenant, or all. */
  run(tenantId?: number): Promise<GapRun[]>;
  /** `modcode/hook` of the hooks that name no command. */
  readonly unlisted: readonly string[];
  runs(tenantId: number): Promise<GapRun[]>;
  /** Runs now, and then again and again. */
  start(log: GapLog): void;
  /** There may be a gap: the tenant is new, or its Microbizz answers again. Does nothing before the start. */
  suspect(tenantId: number): void;
  /** Stops the runs under way, and resolves when they have ended. */
  close(): Promise<void>;
}

interface GapsState {
  readonly options: GapsOptions;
  readonly asked: readonly AskedOne[];
  readonly stopping: AbortController;
  readonly inTurn: InTurn;
  /** Of each tenant: the run under way or next in turn, and the one that waits for its end. */
  readonly queues: Map<number, Promise<GapRun[]>[]>;
  /** Of whom the last run is not complete. */
  readonly failed: Set<number>;
  log: GapLog | undefined;
  rounds: Promise<void>;
}

export function buildGaps(options: GapsOptions): Gaps {
  const { hooks, store, patience = usualPatience } = options;
  const gaps: GapsState = {
    options,
    asked: hooks.flatMap(({ modcode, hook, gaps }) => (gaps === undefined ? [] : [{ hook: { modcode, hook }, gaps }])),
    stopping: new AbortController(),
    inTurn: buildTurns(atOnce, patience),
    queues: new Map(),
    failed: new Set(),
    log: undefined,
    rounds: Promise.resolve(),
  };
  return {
    run: (tenantId) => run(gaps, tenantId),
    unlisted: hooks.filter((hook) => hook.gaps === undefined).map(hookPath),
    runs: (tenantId) => store.listRuns(tenantId),
    start(log) {
      gaps.log = log;
      if (gaps.asked.length > 0) gaps.rounds = runRounds(gaps);
    },
    suspect(tenantId) {
      if (gaps.log !== undefined && !isStopped(gaps)) void begin(gaps, (id) => id === tenantId);
    },
    async close() {
      gaps.stopping.abort();
      await gaps.rounds;
      await Promise.allSettled([...gaps.queues.values()].flat());
    },
  };
}

function isStopped({ stopping }: GapsState): boolean {
  return stopping.signal.aborted;
}

async function run(gaps: GapsState, tenantId?: number): Promise<GapRun[]> {
  const tenants = await gaps.options.listTenants();
  const wanted = tenants.filter(({ id }) => tenantId === undefined || id === tenantId);
  if (tenantId !== undefined && wanted.length === 0) throw new Refusal('not-found', `There is no tenant ${tenantId}.`);
  return (await Promise.all(wanted.map((tenant) => queue(gaps, tenant)))).flat();
}

/**
 * A tenant whose run failed is asked again sooner: nobody else may call it, and learn that it is back. One whose run is still under way
 * is left out, and holds up nobody.
 */
async function runRounds(gaps: GapsState): Promise<void> {
  const { signal } = gaps.stopping;
  for (let pause = 0; !isStopped(gaps); pause = (pause + 1) % pauses) {
    await begin(gaps, (id) => !gaps.queues.has(id) && (pause === 0 || gaps.failed.has(id)));
    await delay(gaps.options.interval / pauses, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Begins a run for each; nobody waits for their ends. */
async function begin(gaps: GapsState, isWanted: (tenantId: number) => boolean): Promise<void> {
  const noteFault = (err: unknown): void => gaps.log?.error({ err }, 'gap run failed; it comes again');
  const tenants = await gaps.options.listTenants().catch((err: unknown) => {
    noteFault(err);
    return [];
  });
  for (const tenant of tenants) if (isWanted(tenant.id)) queue(gaps, tenant).catch(noteFault);
}

/** One at a time. A caller during a run gets the next one: the run under way may have asked Microbizz too early. */
function queue(gaps: GapsState, tenant: Tenant): Promise<GapRun[]> {
  const { queues, inTurn } = gaps;
  const runs = queues.get(tenant.id) ?? [];
  const [current, waiting] = runs;
  if (waiting !== undefined) return waiting;
  const queued = Promise.resolve(current)
    .catch(() => undefined)
    .then(() => inTurn(() => runFor(gaps, tenant)))
    .finally(() => {
      void runs.shift();
      if (runs.length === 0) queues.delete(tenant.id);
    });
  runs.push(queued);
  queues.set(tenant.id, runs);
  return queued;
}

/** All its hooks, one after the other. */
async function runFor(gaps: GapsState, tenant: Tenant): Promise<GapRun[]> {
  const done: GapRun[] = [];
  for (const one of gaps.asked) if (!isStopped(gaps)) done.push(await fill(gaps, tenant, one));
  if (done.some(({ fault }) => fault !== undefined)) gaps.failed.add(tenant.id);
  else gaps.failed.delete(tenant.id);
  return done;
}

async function fill(gaps: GapsState, tenant: Tenant, { hook, gaps: asking }: AskedOne): Promise<GapRun> {
  const { options, stopping, log } = gaps;
  const { signal } = stopping;
  const done = await fillGaps({
    store: options.store,
    add: options.add,
    now: options.now,
    tenantId: tenant.id,
    hook,
    ask: (since) => options.apiOf(tenant).pages(asking.command, since, { items: asking.items, signal }),
    isStopped: () => signal.aborted,
  });
  const about = { tenant: tenant.id, hook: hookPath(hook), found: done.found, skipped: done.skipped };
  if (done.fault !== undefined && !signal.aborted) log?.warn({ ...about, fault: done.fault }, 'gap run not complete');
  else if (done.found !== 0 || done.skipped !== undefined) log?.info(about, 'changes found that no event reported');
  return done;
}
