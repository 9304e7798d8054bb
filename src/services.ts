import type { FastifyBaseLogger } from 'fastify';
import { openApis } from './api/open-apis.ts';
import type { Config } from './config.ts';
import { buildRunHandler } from './events/run-handler.ts';
import type { App } from './hooks/hooks.ts';
import { danishDay } from './domain/danish-day.ts';
import { hookPath } from './domain/hook.ts';
import { buildGaps } from './gaps/gaps.ts';
import { buildForwards } from './forwards/forwards.ts';
import { buildLookup, type Lookup } from './forwards/lookup-host.ts';
import { buildAnswers } from './inbox/answers.ts';
import { startFollower, type Follower } from './history/follow-events.ts';
import { buildGatherer } from './inbox/gather.ts';
import { newHolder } from './inbox/holder.ts';
import { appHandler } from './inbox/inbox-store.ts';
import { buildPace } from './inbox/pace.ts';
import { removeOld, startHousekeeping } from './inbox/retention.ts';
import { startWorker, type Worker, type WorkerLimits } from './inbox/worker.ts';
import { getAppKey } from './keys/app-key.ts';
import { buildKeyring } from './keys/keyring.ts';
import { buildActivate } from './negotiate/activate.ts';
import { rememberTenants } from './store/remember-tenants.ts';
import { openSqliteStore } from './store/sqlite/open-sqlite-store.ts';

export type Services = ReturnType<typeof openServices>;

/** The outside world, as tests replace it. */
export interface World {
  readonly now: () => number;
  readonly random: () => number;
  readonly limits?: WorkerLimits;
  /** Finds the addresses of the hosts that events are forwarded to. */
  readonly lookup?: Lookup;
  /** Milliseconds for one forwarded event. */
  readonly forwardTime?: number;
}

/** Where the key is when APP_KEY is not set. */
export const keyFile = 'data/app.key';

/** Milliseconds that an installation is remembered which nobody used or proved: long enough to tell its person, and to mend it. */
const unusedFor = 7 * 86_400_000;

/** The pages come after the answers and the handling: while the loop is busy with those, their follower rests so many times as long as it worked. */
const followerRests = 80;

/** The only place where things are constructed. Opens the database; `close` ends all that it began. */
export function openServices(
  config: Config,
  app: App,
  { now, random, limits, lookup = buildLookup(), forwardTime }: World = { now: Date.now, random: Math.random },
) {
  const appKeys = config.APP_KEY?.map((key) => key.reveal()) ?? [getAppKey(keyFile)];
  const keyring = buildKeyring(appKeys);
  const store = openSqliteStore(config.DATABASE_URL, keyring);
  const { connections, inbox, history } = store;
  const findTenant = rememberTenants(connections, now);
  const answers = buildAnswers(inbox);
  const handled = new Set(app.events.filter(({ handle }) => handle !== undefined).map(hookPath));
  let worker: Worker | undefined;
  let follower: Follower | undefined;
  let stopHousekeeping: (() => Promise<void>) | undefined;
  let closed: Promise<void> | undefined;
  let arrivals = 0;
  let steps = 0;
  const gatherer = buildGatherer(async (batch) => {
    const ids = await inbox.append(batch);
    arrivals += batch.length;
    worker?.nudge();
    return ids;
  });

  const apis = openApis({
    store: connections,
    now,
    onReachable: (tenantId) => {
      gaps.suspect(tenantId);
    },
  });
  const gaps = buildGaps({
    store: store.gaps,
    hooks: app.events,
    listTenants: connections.listTenants,
    apiOf: apis.of,
    add: gatherer.add,
    now,
    interval: config.GAP_INTERVAL_MINUTES * 60_000,
  });
  const forwards = buildForwards({
    store: store.forwards,
    findTenant,
    hooks: app.events.map(hookPath),
    privateHosts: config.FORWARD_PRIVATE_HOSTS,
    lookup,
    now,
    replay: store.operator.replay,
    nudge: () => worker?.nudge(),
    ...(forwardTime !== undefined && { time: forwardTime }),
  });

  async function close(): Promise<void> {
    await stopHousekeeping?.();
    await gaps.close();
    await worker?.stop();
    await follower?.stop();
    await forwards.close();
    await apis.close();
    store.close();
  }

  return {
    config,
    app,
    keyring,
    store,
    connections,
    history,
    apis,
    gaps,
    forwards,
    gatherer,
    answers,
    now,
    activate: buildActivate(connections, gaps.suspect),
    /** Begins to handle what is in the inbox. Events are taken before and without it. */
    work(log: FastifyBaseLogger): void {
      const handle = buildRunHandler(app.events, findTenant, apis, log);
      const send = forwards.buildSend(log);
      forwards.settle().catch((err: unknown) => {
        log.error({ err }, 'forwards: what a pause or resume began could not be ended');
      });
      const hasHandler = (event: { modcode: string; hook: string }): boolean => handled.has(hookPath(event));
      follower = startFollower({
        store: store.describing,
        pace: buildPace(() => arrivals + steps, followerRests),
        log,
      });
      worker = startWorker({
        store: inbox,
        onStep: (sorted) => {
          steps += 1;
          if (sorted > 0) follower?.nudge();
        },
        answers,
        holder: newHolder(),
        hasHandler,
        run: (claimed, signal) => (claimed.forwardId === appHandler ? handle : send)(claimed, signal),
        arrivals: () => arrivals,
        now,
        random,
        log,
        ...(limits ? { limits } : {}),
      });
      gaps.start(log);
      stopHousekeeping = startHousekeeping(async (rest) => {
        await connections.removeExpired(now() - unusedFor);
        const own = (await history.listRetentions()).filter(({ days }) => days < config.RETENTION_DAYS);
        for (const { days, ...whose } of [{ days: config.RETENTION_DAYS }, ...own]) {
          await removeOld(store.operator, { days, ...whose, now, rest });
          await history.forgetUsers(
            danishDay(now() - days * 86_400_000),
            'tenantId' in whose ? whose.tenantId : undefined,
          );
        }
      }, log);
    },
    /** May be called again: it ends once. */
    close(): Promise<void> {
      return (closed ??= close());
    },
  };
}
