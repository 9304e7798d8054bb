import { setTimeout as delay } from 'node:timers/promises';
import { danishDay } from '../../microbizz/domain/danish-day.ts';
import { mayRemove } from './clock-guard.ts';
import type { OperatorStore } from '../store/ports/operator.ts';
import type { RetentionStore } from '../store/ports/retention.ts';

const day = 86_400_000;
/** Milliseconds between two rounds. */
const pause = 3_600_000;
/** Milliseconds between two steps of some 3 ms each: at most a twentieth of the time is taken from the answers. */
const breath = 60;

/**
 * Removes handled events that are older than `days`, of one tenant or of all, in small steps with `rest` between them. The dead and the rejected stay until an
 * operator removes them. Resolves with how many were removed.
 */
export async function removeOld(
  store: Pick<OperatorStore, 'removeHandled'>,
  { days, tenantId, now, rest }: { days: number; tenantId?: number; now: () => number; rest: () => Promise<void> },
): Promise<number> {
  const before = now() - days * day;
  let removed = 0;
  let after: number | undefined = 0;
  while (after !== undefined) {
    const step = await store.removeHandled(before, { after, tenantId });
    removed += step.done;
    after = step.next;
    if (after !== undefined) await rest();
  }
  return removed;
}

export interface RetentionOptions {
  readonly operator: Pick<OperatorStore, 'lastSeen' | 'noteSeen' | 'removeHandled'>;
  readonly retention: Pick<RetentionStore, 'list' | 'forgetUsers'>;
  /** RETENTION_DAYS. */
  readonly days: number;
  readonly now: () => number;
  /** Removes what has expired in other rooms, if the clock can be trusted. `rest` comes between its acts. */
  readonly alsoRemove: (rest: () => Promise<void>) => Promise<void>;
  readonly log: { error(fields: object, message: string): void };
}

/** One round: removes the events of all tenants that are too old, and then those of tenants that chose a shorter time. */
export async function removeOutdated(options: RetentionOptions, rest: () => Promise<void>): Promise<void> {
  const { operator, retention, now, log } = options;
  if (!(await mayRemove(operator, now(), log))) return;
  await options.alsoRemove(rest);
  const own = (await retention.list()).filter(({ days }) => days < options.days);
  for (const { days, ...whose } of [{ days: options.days }, ...own]) {
    await removeOld(operator, { days, ...whose, now, rest });
    await retention.forgetUsers(danishDay(now() - days * day), 'tenantId' in whose ? whose.tenantId : undefined);
  }
}

/** Runs `round` soon and every hour until the function that it answers is called. A round that fails is logged, and comes again. */
export function startHousekeeping(
  round: (rest: () => Promise<void>) => Promise<void>,
  log: { error(fields: object, message: string): void },
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const isStopped = (): boolean => signal.aborted;
  const rest = (milliseconds: number): Promise<void> => delay(milliseconds, undefined, { signal, ref: false });

  async function run(): Promise<void> {
    while (!isStopped()) {
      try {
        // The first answers do not wait for the preparation of a round: the format of dates alone takes 15 ms.
        await rest(breath);
        await round(() => rest(breath));
        await rest(pause);
      } catch (err) {
        if (isStopped()) return;
        log.error({ err }, 'housekeeping failed; it is tried again in an hour');
        await rest(pause).catch(() => undefined);
      }
    }
  }
  const running = run();
  return () => {
    stopping.abort();
    return running;
  };
}
