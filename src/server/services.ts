import { setImmediate } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { openApis } from '../microbizz/api/tenant-apis.ts';
import { hookPath } from '../microbizz/domain/hook.ts';
import { buildLookup, type Lookup } from '../microbizz/outbound/lookup-host.ts';
import { openAside } from './aside/aside.ts';
import { buildEventJobs } from './aside/event-jobs.ts';
import type { Config } from './config.ts';
import type { App } from './define-app.ts';
import { buildRereadRejected } from './events/reread-rejected.ts';
import { buildRunHandler } from './events/run-handler.ts';
import { buildForwards } from './forwards/forwards.ts';
import { startForwards } from './forwards/start-forwards.ts';
import { buildGaps } from './gaps/gaps.ts';
import { startFollower } from './history/follow-events.ts';
import { openInbox } from './inbox/open-inbox.ts';
import type { WorkerLimits } from './inbox/worker-state.ts';
import { buildConnectLinks } from './negotiate/connect-links.ts';
import { removeExpired } from './negotiate/remove-expired.ts';
import { buildVerify } from './negotiate/verify.ts';
import { openStore, type OpenedStore, type Role } from './open-store.ts';
import { findPlaces } from './places.js';
import { rememberBriefly } from './store/remember-briefly.ts';
import { rememberForwards } from './store/remember-forwards.ts';
import { startTidying } from './store/start-tidying.ts';

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

/** All rooms, connected: the only place where they are. None of them has begun anything yet. */
function connectRooms(config: Config, app: App, world: World, { keyring, store, migrated, follow }: OpenedStore) {
  const { now, random, lookup = buildLookup() } = world;
  const { connections } = store;
  const findTenant = rememberBriefly(connections.findTenant, now);
  const aside = openAside();
  const jobs = buildEventJobs(aside);
  const onReachable = (tenantId: number): void => {
    gaps.suspect(tenantId);
  };
  const apis = openApis({ store: connections, now, onReachable });
  const inbox = openInbox({
    store: store.inbox,
    hooks: app.events,
    sort: jobs.sort,
    resting: () => [...apis.resting().keys()],
    limits: world.limits,
    now,
    random,
    ...(world.elapsed && { elapsed: world.elapsed }),
  });
  const gaps = buildGaps({
    store: store.gaps,
    hooks: app.events,
    listTenants: connections.listTenants,
    apiOf: apis.of,
    add: inbox.gatherer.add,
    now,
    interval: config.GAP_INTERVAL_MINUTES * 60_000,
  });
  const forwards = buildForwards({
    ...rememberForwards(store.forwards, now),
    findTenant,
    hooks: app.events.map(hookPath),
    privateHosts: config.FORWARD_PRIVATE_HOSTS,
    lookup,
    buildBody: jobs.buildBody,
    now,
    nameOf: store.nameOf,
    replay: store.operator.replay,
    nudge: inbox.nudge,
    ...(world.forwardTime !== undefined && { time: world.forwardTime }),
  });
  return { migrated, keyring, store, follow, aside, jobs, apis, inbox, gaps, forwards, now, findTenant };
}

export type Services = Awaited<ReturnType<typeof openServices>>;

/** Opens the database, and everything that the web server and the command line use. `close` ends all that it began. */
export async function openServices(
  config: Config,
  app: App,
  world: World = { now: Date.now, random: Math.random },
  role: Role = 'server',
) {
  const places = findPlaces(config);
  const rooms = connectRooms(config, app, world, await openStore(config, places, role));
  const { keyring, store, jobs, apis, inbox, gaps, now } = rooms;
  const { connections, history, operator } = store;
  let stop: Stop | undefined;
  let closed: Promise<void> | undefined;
  return {
    ...rooms,
    places,
    config,
    app,
    connections,
    history,
    readEvent: jobs.readEvent,
    rereadRejected: buildRereadRejected({
      store: operator,
      readEvent: jobs.readEvent,
      maxEvent: config.MAX_EVENT_BYTES,
    }),
    eventReader: jobs,
    gatherer: inbox.gatherer,
    answers: inbox.answers,
    isFull: rememberBriefly(inbox.isFull, now),
    links: buildConnectLinks(keyring, config.PUBLIC_URL, now),
    verify: buildVerify(connections, apis.ask, now, gaps.suspect),
    /** Begins to handle the events of the inbox. Events are accepted before and without it. */
    work(log: FastifyBaseLogger): void {
      // A signal may come while the server begins to listen.
      if (closed !== undefined) return;
      stop = startRooms(rooms, app, config.RETENTION_DAYS, log);
    },
    /** May be called again: it ends once. With a cause: the events under way may have caused it. */
    close: (cause?: Error): Promise<void> => (closed ??= closeRooms(rooms, stop, cause)),
  };
}

type Rooms = ReturnType<typeof connectRooms>;
type Stop = ReturnType<typeof startRooms>;

/** Begins the loops that run by themselves, and answers a function that ends those that no room ends by its own `close`. */
function startRooms(
  { store, follow, apis, jobs, inbox, gaps, forwards, findTenant, now }: Rooms,
  app: App,
  retentionDays: number,
  log: FastifyBaseLogger,
) {
  const { operator, retention, describing } = store;
  const follower =
    follow?.(log) ?? startFollower({ store: describing, describe: jobs.describe, rest: () => setImmediate(), log });
  inbox.work({
    handle: buildRunHandler(app.events, findTenant, apis, log),
    send: startForwards(forwards, log),
    onSorted: follower.nudge,
    retention: { operator, retention, days: retentionDays, alsoRemove: (rest) => removeExpired(store, now(), rest) },
    log,
  });
  gaps.start(log);
  return { tidying: startTidying(store, log), follower: follower.stop };
}

/** In the order in which they need each other. */
async function closeRooms(rooms: Rooms, stop: Stop | undefined, cause?: Error): Promise<void> {
  stop?.tidying();
  await rooms.gaps.close();
  await rooms.inbox.close(cause);
  await stop?.follower();
  await rooms.aside.close();
  await rooms.forwards.close();
  await rooms.apis.close();
  await rooms.store.close();
}
