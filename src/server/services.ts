import type { FastifyBaseLogger } from 'fastify';
import { openApis } from '../microbizz/api/tenant-apis.ts';
import { openAside } from './aside/aside.ts';
import type { Config } from './config.ts';
import type { EventServices } from './events/event-routes.ts';
import { buildRereadRejected } from './events/reread-rejected.ts';
import { buildRunHandler } from './events/run-handler.ts';
import type { App } from './define-app.ts';
import { Refusal } from './errors.ts';
import { findKeyring } from './find-keyring.ts';
import { danishDay } from '../microbizz/domain/danish-day.ts';
import { hookPath } from '../microbizz/domain/hook.ts';
import { buildGaps } from './gaps/gaps.ts';
import { buildForwards } from './forwards/forwards.ts';
import { buildAnswers } from './inbox/answers.ts';
import { startFollower, type Follower } from './history/follow-events.ts';
import { buildGatherer } from './inbox/gather.ts';
import { newHolder } from './inbox/holder.ts';
import { appHandler } from './inbox/inbox-store.ts';
import { buildPace } from './inbox/pace.ts';
import { mayRemove } from './inbox/clock-guard.ts';
import { removeOld, startHousekeeping } from './inbox/retention.ts';
import { buildSortEvents } from './inbox/sort-events.ts';
import { startWorker, type Worker } from './inbox/worker.ts';
import { workerLimits, type WorkerLimits } from './inbox/worker-state.ts';
import { buildLookup, type Lookup } from '../microbizz/outbound/lookup-host.ts';
import { buildConnectLinks } from './negotiate/connect-links.ts';
import { buildVerify } from './negotiate/verify.ts';
import { findPlaces, type Places } from './places.ts';
import type { ReadEvents } from './interfaces/tenant-history.ts';
import type { Keyring } from './keys/keyring.ts';
import type { Store } from './store/store.ts';
import { rememberBriefly } from './store/remember-briefly.ts';
import type { Migrated } from './store/sqlite/migrate.ts';
import { checkIntegrity } from './store/sqlite/check-integrity.ts';
import { makePrivate } from './store/sqlite/open-database.ts';
import { openSqliteStore } from './store/sqlite/open-sqlite-store.ts';
import { refuseVersion, surveyDatabase } from './store/sqlite/survey.ts';

export type Services = ReturnType<typeof openServices>;

/** The outside world, as tests replace it. */
export interface World {
  readonly now: () => number;
  readonly random: () => number;
  readonly limits?: WorkerLimits;
  /** Milliseconds of a clock that only rises. */
  readonly elapsed?: () => number;
  /** Finds the addresses of the hosts that events are forwarded to. */
  readonly lookup?: Lookup;
  /** Milliseconds for one forwarded event. */
  readonly forwardTime?: number;
}

/** Milliseconds that installations are remembered which became no tenant's: those that Microbizz refused, and others. */
const refusedFor = 3_600_000;
const unusedFor = 7 * 86_400_000;
/** … and invitations that are over, for the operator's list. */
const overFor = 30 * 86_400_000;

/** Milliseconds between two looks at the size of the write-ahead log. */
const tidyPause = 60_000;

/** The pages come after the answers and the handling: while the loop is busy with those, their follower rests so many times as long as it worked. */
const followerRests = 80;

/** The server makes what is missing, and brings the database up to date. The command line beside it does neither. */
export type Role = 'server' | 'command';

/** The only place where things are constructed. Opens the database; `close` ends all that it began. */
export function openServices(
  config: Config,
  app: App,
  { now, random, limits, elapsed, lookup = buildLookup(), forwardTime }: World = { now: Date.now, random: Math.random },
  role: Role = 'server',
) {
  const places = findPlaces(config);
  const { keyring, store, migrated } = openStore(config, places, role);
  const { connections, inbox, history } = store;
  const findTenant = rememberBriefly(connections.findTenant, now);
  const { unsorted } = limits ?? workerLimits;
  const isFull = rememberBriefly(async (tenantId) => (await inbox.countUnsorted(tenantId)) >= unsorted, now);
  const answers = buildAnswers(inbox);
  const aside = openAside();
  const handled = new Set(app.events.filter(({ handle }) => handle !== undefined).map(hookPath));
  let worker: Worker | undefined;
  let follower: Follower | undefined;
  let stopHousekeeping: (() => Promise<void>) | undefined;
  let tidying: NodeJS.Timeout | undefined;
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
    nameOf: store.nameOf,
    replay: store.operator.replay,
    nudge: () => worker?.nudge(),
    ...(forwardTime !== undefined && { time: forwardTime }),
  });

  const readEvent: EventServices['readEvent'] = ({ modcode, hook }, contentType, body) =>
    aside.run('readEvent', body.length, { modcode, hook }, contentType, body);

  async function close(cause?: Error): Promise<void> {
    clearInterval(tidying);
    await stopHousekeeping?.();
    await gaps.close();
    await worker?.stop(cause);
    await follower?.stop();
    await aside.close();
    await forwards.close();
    await apis.close();
    store.close();
  }

  return {
    config,
    places,
    migrated,
    app,
    keyring,
    store,
    connections,
    history,
    readEvent,
    rereadRejected: buildRereadRejected({ store: store.operator, readEvent, maxEvent: config.MAX_EVENT_BYTES }),
    eventReader: {
      compare: (hook, before, after) => aside.run('compare', before.length + after.length, hook, before, after),
      read: (hook, json) => aside.run('read', json.length, hook, json),
      write: (hook, json) => aside.run('write', json.length, hook, json),
    } satisfies ReadEvents,
    apis,
    gaps,
    forwards,
    gatherer,
    answers,
    now,
    findTenant,
    isFull,
    links: buildConnectLinks(keyring, config.PUBLIC_URL, now),
    verify: buildVerify(connections, apis.ask, now, gaps.suspect),
    /** Begins to handle what is in the inbox. Events are taken before and without it. */
    work(log: FastifyBaseLogger): void {
      const handle = buildRunHandler(app.events, findTenant, apis, log, store.nameOf);
      const send = forwards.buildSend(log);
      forwards.settle().catch((err: unknown) => {
        log.error({ err }, 'forwards: what a pause or resume began could not be ended');
      });
      follower = startFollower({
        store: store.describing,
        describe: (event, how) =>
          aside.run(
            how === 'alone' ? 'describeAlone' : 'describe',
            event.fields.length + (event.previous?.length ?? 0),
            event,
          ),
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
        restsUntil: apis.restsUntil,
        sort: buildSortEvents({
          sort: (event) => aside.run('sort', event.fields?.length ?? 0, event),
          hasHandler: (event) => handled.has(hookPath(event)),
          log,
        }),
        run: (claimed, signal) => (claimed.forwardId === appHandler ? handle : send)(claimed, signal),
        arrivals: () => arrivals,
        now,
        random,
        log,
        ...(limits ? { limits } : {}),
        ...(elapsed ? { elapsed } : {}),
      });
      gaps.start(log);
      tidying = setInterval(() => {
        try {
          store.tidyLog();
        } catch (err) {
          log.error({ err }, 'the write-ahead log could not be cut');
        }
      }, tidyPause).unref();
      stopHousekeeping = startHousekeeping(async (rest) => {
        if (!(await mayRemove(store.operator, now(), log))) return;
        await connections.removeExpired({ refused: now() - refusedFor, unused: now() - unusedFor });
        await store.invitations.removeExpired(now() - overFor);
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
    /** May be called again: it ends once. With a cause: what is under way may have been it. */
    close(cause?: Error): Promise<void> {
      return (closed ??= close(cause));
    },
  };
}

/** Whatever refuses does so before anything is changed. */
function openStore(
  config: Config,
  places: Places,
  role: Role,
): { keyring: Keyring; store: Store; migrated: Migrated[] } {
  const { database } = places;
  const isServer = role === 'server';
  const survey = surveyDatabase(database);
  if (survey === undefined && !isServer)
    throw new Refusal(
      'not-found',
      `There is no database ${database}: start the server once, which makes it, or correct DATABASE_URL.`,
    );
  const refusal = survey && refuseVersion(survey.version, database, { mayMigrate: isServer });
  if (refusal !== undefined) throw new Refusal('unavailable', refusal);
  const fault = isServer && survey !== undefined ? checkIntegrity(database, false).fault : undefined;
  if (fault !== undefined)
    throw new Refusal(
      'unavailable',
      `The database ${database} is damaged (${fault}): keep a copy of its files, and restore a backup; docs/operate.md says how.`,
    );
  if (isServer && places.ownFolder !== undefined) makePrivate(places.ownFolder, 0o700);
  const keyring = findKeyring(config, places, survey, { mayMake: isServer });
  const migrated: Migrated[] = [];
  const as = { keepCopy: config.MIGRATION_COPY === 'yes', onMigrated: (done: Migrated) => migrated.push(done) };
  return { keyring, store: openSqliteStore(database, keyring, isServer ? as : 'beside'), migrated };
}
