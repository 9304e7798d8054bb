import type { FastifyBaseLogger } from 'fastify';
import type { Config } from './config.ts';
import { buildRunHandler } from './events/run-handler.ts';
import type { App } from './hooks/hooks.ts';
import { hookPath } from './domain/hook.ts';
import { buildAnswers } from './inbox/answers.ts';
import { buildGatherer } from './inbox/gather.ts';
import { newHolder } from './inbox/holder.ts';
import { startWorker, type Worker, type WorkerLimits } from './inbox/worker.ts';
import { getAppKey } from './keys/app-key.ts';
import { buildKeyring } from './keys/keyring.ts';
import { buildActivate } from './negotiate/activate.ts';
import { openSqliteStore } from './store/sqlite/open-sqlite-store.ts';

export type Services = ReturnType<typeof openServices>;

/** The outside world, as tests replace it. */
export interface World {
  readonly now: () => number;
  readonly random: () => number;
  readonly limits?: WorkerLimits;
}

/** The only place where things are constructed. Opens the database; `close` ends all that it began. */
export function openServices(
  config: Config,
  app: App,
  { now, random, limits }: World = { now: Date.now, random: Math.random },
) {
  const appKeys = config.APP_KEY?.map((key) => key.reveal()) ?? [getAppKey('data/app.key')];
  const keyring = buildKeyring(appKeys);
  const store = openSqliteStore(config.DATABASE_URL, keyring);
  const { connections, inbox, history } = store;
  const answers = buildAnswers(inbox);
  const handled = new Set(app.events.filter(({ handle }) => handle !== undefined).map(hookPath));
  let worker: Worker | undefined;
  let arrivals = 0;
  const gatherer = buildGatherer(
    async (batch) => {
      const ids = await inbox.append(batch);
      arrivals += batch.length;
      worker?.nudge();
      return ids;
    },
    { now },
  );

  return {
    config,
    app,
    keyring,
    store,
    connections,
    history,
    gatherer,
    answers,
    now,
    activate: buildActivate(connections),
    /** Begins to handle what is in the inbox. Events are taken before and without it. */
    work(log: FastifyBaseLogger): void {
      const run = buildRunHandler(app.events, connections, log);
      const hasHandler = (event: { modcode: string; hook: string }): boolean => handled.has(hookPath(event));
      worker = startWorker({
        store: inbox,
        answers,
        holder: newHolder(),
        hasHandler,
        run,
        arrivals: () => arrivals,
        now,
        random,
        log,
        ...(limits ? { limits } : {}),
      });
    },
    async close(): Promise<void> {
      await worker?.stop();
      store.close();
    },
  };
}
