import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Page } from '../../microbizz/api/api.ts';
import { mainVariable } from '../../microbizz/domain/catalogue.ts';
import { differs } from '../../microbizz/domain/differs.ts';
import type { Arrival } from '../../microbizz/domain/event.ts';
import type { HookName } from '../../microbizz/domain/hook.ts';
import { readId, readObject, type MicrobizzObject } from '../../microbizz/domain/read-object.ts';
import { messageOf } from '../../microbizz/domain/message-of.ts';
import type { GapRun, GapStore } from './gap-store.ts';
import { earlier, readServerTime, tellServerTime } from './server-time.ts';

/**
 * Milliseconds asked for once more: for what Microbizz was still writing when it was asked, and for the hour that comes twice in October,
 * since the watermark is a clock's reading without a zone.
 */
const overlap = 70 * 60_000;
/** Objects compared and appended between two turns of the loop: some 2 ms, which an answer may have to wait for. */
const chunkSize = 64;

export interface GapFill {
  readonly tenantId: number;
  readonly hook: HookName;
  readonly store: GapStore;
  /** What has changed since then, page by page. */
  readonly ask: (since: { changedate: string; changetime: string }) => AsyncIterable<Page<unknown>>;
  /** Resolves when it is safe in the inbox. */
  readonly add: (arrival: Arrival, size: number) => Promise<unknown>;
  readonly now: () => number;
  readonly isStopped: () => boolean;
}

/**
 * Asks Microbizz what has changed since the watermark, and puts into the inbox what no event has told. The watermark moves only when the
 * run is complete; a run that fails or dies in the middle has told what it found so far, and the next one begins where it began.
 */
export async function fillGaps({ tenantId, hook, store, ask, add, now, isStopped }: GapFill): Promise<GapRun> {
  const { modcode, hook: name } = hook;
  const variable = mainVariable(hook);
  let found = 0;
  let skipped = 0;
  let since: string | undefined;

  /** @param gapAfter the last event before Microbizz was asked: what has come since is no older than its answer. */
  async function take(items: readonly unknown[], gapAfter: number): Promise<void> {
    const objects = items.map((item) => read(item, variable)).filter(({ id }) => id !== '');
    skipped += items.length - objects.length;
    const ids = objects.map(({ id }) => id);
    const latest = await store.listLatest(tenantId, hook, ids);
    const news = objects.filter(({ id, object }) => {
      const fields = latest.get(id);
      return differs(fields && readObject(fields, variable), object);
    });
    const arrivals = news.map(({ text }) =>
      add({ tenantId, modcode, hook: name, receivedAt: now(), fields: { [variable]: text }, gapAfter }, text.length),
    );
    for (const added of await Promise.allSettled(arrivals)) {
      if (added.status === 'rejected') throw added.reason;
      found += 1;
    }
  }

  async function run(): Promise<void> {
    const pages = ask(await findStart())[Symbol.asyncIterator]();
    let watermark: string | undefined;
    let ended = false;
    try {
      while (!ended) {
        const gapAfter = await store.lastEventId();
        const page = await pages.next();
        ended = page.done === true;
        if (page.done === true) break;
        watermark ??= readServerTime(page.value);
        if (watermark === undefined) throw new Error('Microbizz’ answer had no date and time to go on from.');
        for (let at = 0; at < page.value.items.length; at += chunkSize) {
          if (isStopped()) throw new Error('The process stopped in the middle of it.');
          await take(page.value.items.slice(at, at + chunkSize), gapAfter);
          await nextTurn();
        }
        if (page.value.repeated === true && page.value.items.length > 0)
          throw new Error('Microbizz gave a resumekey again that it gave before: the list may not be complete.');
      }
    } finally {
      if (!ended) await pages.return?.();
    }
    since = watermark;
  }

  async function findStart(): Promise<ReturnType<typeof earlier>> {
    const last = (await store.findRun(tenantId, hook))?.since;
    return earlier(last ?? tellServerTime((await store.findConnectedAt(tenantId)) ?? now()), overlap);
  }

  const fault = await run().then(() => undefined, messageOf);
  const ended = { tenantId, modcode, hook: name, endedAt: now(), found, ...(fault !== undefined && { fault }) };
  const noted = { ...ended, ...(since !== undefined && { since }) };
  await store.noteRun(noted);
  return { ...noted, ...(skipped > 0 && { skipped }) };
}

/** As an event would bring it, and as it will be read again. */
function read(item: unknown, variable: string): { id: string; object: MicrobizzObject; text: string } {
  const text = JSON.stringify(item);
  const object = readObject({ [variable]: text }, variable) ?? {};
  return { id: readId(object, 'id'), object, text };
}
