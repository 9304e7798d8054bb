import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Page } from '../../microbizz/api/api.ts';
import { mainVariable } from '../../microbizz/domain/catalogue.ts';
import { differs } from '../../microbizz/domain/differs.ts';
import type { Arrival } from '../../microbizz/domain/event.ts';
import type { HookName } from '../../microbizz/domain/hook.ts';
import { readId, readObject, type MicrobizzObject } from '../../microbizz/domain/read-object.ts';
import { messageOf } from '../../microbizz/domain/message-of.ts';
import type { GapRun, GapStore } from '../store/ports/gaps.ts';
import { earlier, readServerTime, tellServerTime } from './server-time.ts';

/**
 * Milliseconds by which runs overlap: for changes that Microbizz was still writing when it was asked, and for the hour that comes twice in
 * October, because the watermark is a clock's reading without a zone.
 */
const overlap = 70 * 60_000;
/** Objects compared and appended between two turns of the loop: some 2 ms, which an answer may have to wait for. */
const chunkSize = 64;

export interface GapFill {
  readonly tenantId: number;
  readonly hook: HookName;
  readonly store: GapStore;
  /** The changes since then, page by page. */
  readonly ask: (since: { changedate: string; changetime: string }) => AsyncIterable<Page<unknown>>;
  /** Resolves when it is safe in the inbox. */
  readonly add: (arrival: Arrival, size: number) => Promise<unknown>;
  readonly now: () => number;
  readonly isStopped: () => boolean;
}

/** The result of a run so far. */
interface Progress {
  found: number;
  skipped: number;
}

/**
 * Asks Microbizz for the changes since the watermark, and puts those that no event has reported into the inbox. The watermark moves only when
 * the run is complete; a run that fails or dies in the middle has reported its findings so far, and the next one begins where it began.
 */
export async function fillGaps(fill: GapFill): Promise<GapRun> {
  const { tenantId, hook, store, now } = fill;
  const progress: Progress = { found: 0, skipped: 0 };
  const ended = await readPages(fill, progress).then(
    (since) => (since === undefined ? {} : { since }),
    (error: unknown) => ({ fault: messageOf(error) }),
  );
  const noted = { tenantId, modcode: hook.modcode, hook: hook.hook, endedAt: now(), found: progress.found, ...ended };
  await store.noteRun(noted);
  return { ...noted, ...(progress.skipped > 0 && { skipped: progress.skipped }) };
}

/** All pages. Answers the new watermark; undefined when there was no page. */
async function readPages(fill: GapFill, progress: Progress): Promise<string | undefined> {
  const pages = fill.ask(await findStart(fill))[Symbol.asyncIterator]();
  let watermark: string | undefined;
  let ended = false;
  try {
    while (!ended) {
      const gapAfter = await fill.store.lastEventId();
      const page = await pages.next();
      ended = page.done === true;
      if (page.done === true) break;
      watermark ??= readServerTime(page.value);
      if (watermark === undefined) throw new Error('Microbizz’ answer had no date and time to go on from.');
      await takePage(fill, progress, page.value, gapAfter);
    }
  } finally {
    if (!ended) await pages.return?.();
  }
  return watermark;
}

/** @param gapAfter the last event before Microbizz was asked: later events are no older than its answer. */
async function takePage(
  fill: GapFill,
  progress: Progress,
  { items, repeated }: Page<unknown>,
  gapAfter: number,
): Promise<void> {
  for (let at = 0; at < items.length; at += chunkSize) {
    if (fill.isStopped()) throw new Error('The process stopped in the middle of it.');
    await take(fill, progress, items.slice(at, at + chunkSize), gapAfter);
    await nextTurn();
  }
  if (repeated === true && items.length > 0)
    throw new Error('Microbizz gave a resumekey again that it gave before: the list may not be complete.');
}

async function take(fill: GapFill, progress: Progress, items: readonly unknown[], gapAfter: number): Promise<void> {
  const { tenantId, hook, store, add, now } = fill;
  const variable = mainVariable(hook);
  const objects = items.map((item) => read(item, variable)).filter(({ id }) => id !== '');
  progress.skipped += items.length - objects.length;
  const ids = objects.map(({ id }) => id);
  const latest = await store.listLatest(tenantId, hook, ids);
  const news = objects.filter(({ id, object }) => {
    const fields = latest.get(id);
    return differs(fields && readObject(fields, variable), object);
  });
  const arrivals = news.map(({ text }) =>
    add(
      { tenantId, modcode: hook.modcode, hook: hook.hook, receivedAt: now(), fields: { [variable]: text }, gapAfter },
      text.length,
    ),
  );
  for (const added of await Promise.allSettled(arrivals)) {
    if (added.status === 'rejected') throw added.reason;
    progress.found += 1;
  }
}

async function findStart({ tenantId, hook, store, now }: GapFill): Promise<ReturnType<typeof earlier>> {
  const last = (await store.findRun(tenantId, hook))?.since;
  return earlier(last ?? tellServerTime((await store.findConnectedAt(tenantId)) ?? now()), overlap);
}

/** As an event would bring it, and as it will be read again. */
function read(item: unknown, variable: string): { id: string; object: MicrobizzObject; text: string } {
  const text = JSON.stringify(item);
  const object = readObject({ [variable]: text }, variable) ?? {};
  return { id: readId(object, 'id'), object, text };
}
