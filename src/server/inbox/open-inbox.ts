import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import { buildAnswers } from './answers.ts';
import { buildGatherer } from './gather.ts';
import { newHolder } from './holder.ts';
import { appHandler, type InboxStore } from '../store/ports/inbox.ts';
import { removeOutdated, startHousekeeping, type RetentionOptions } from './retention.ts';
import { buildSortEvents, type SortOptions } from './sort-events.ts';
import { workerLimits, type WorkerLimits, type WorkerOptions } from './worker-state.ts';
import { startWorker, type Worker } from './worker.ts';

export interface InboxOptions extends Pick<WorkerOptions, 'now' | 'random' | 'resting' | 'elapsed'> {
  readonly store: InboxStore;
  /** The app's events: one without a handler is only stored. */
  readonly hooks: readonly (HookName & { readonly handle?: unknown })[];
  readonly sort: SortOptions['sort'];
  /** Those of the server when left out. */
  readonly limits?: WorkerLimits | undefined;
}

export interface WorkOptions {
  /** Run for one claimed event: by the app, and for one of its tenant's forwards. */
  readonly handle: WorkerOptions['run'];
  readonly send: WorkerOptions['run'];
  readonly onSorted: () => void;
  readonly retention: Omit<RetentionOptions, 'now' | 'log'>;
  readonly log: WorkerOptions['log'];
}

/** Accepts events at once, and handles them once `work` was called. `close` ends both. */
export function openInbox({ store, hooks, sort, limits = workerLimits, ...rest }: InboxOptions) {
  const handled = new Set(hooks.filter(({ handle }) => handle !== undefined).map(hookPath));
  const answers = buildAnswers(store);
  let arrivals = 0;
  let worker: Worker | undefined;
  let stopHousekeeping: (() => Promise<void>) | undefined;

  const gatherer = buildGatherer(async (batch) => {
    const ids = await store.append(batch);
    arrivals += batch.length;
    worker?.nudge();
    return ids;
  });

  function work({ handle, send, onSorted, retention, log }: WorkOptions): void {
    worker = startWorker({
      ...rest,
      store,
      answers,
      limits,
      holder: newHolder(),
      sort: buildSortEvents({ sort, hasHandler: (event) => handled.has(hookPath(event)), log }),
      run: (claimed, signal) => (claimed.forwardId === appHandler ? handle : send)(claimed, signal),
      arrivals: () => arrivals,
      onSorted,
      log,
    });
    stopHousekeeping = startHousekeeping(
      (breathe) => removeOutdated({ ...retention, now: rest.now, log }, breathe),
      log,
    );
  }

  return {
    gatherer,
    answers,
    /** Whether as many of a tenant's events wait to be sorted as may. */
    isFull: async (tenantId: number): Promise<boolean> => (await store.countUnsorted(tenantId)) >= limits.unsorted,
    /** Something has become ready. */
    nudge: (): void => worker?.nudge(),
    work,
    async close(cause?: Error): Promise<void> {
      await stopHousekeeping?.();
      await worker?.stop(cause);
    },
  };
}
