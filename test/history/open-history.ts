import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HookName } from '../../src/microbizz/domain/hook.ts';
import { describeEvent } from '../../src/server/history/describe-event.ts';
import type { SortedEvent, Unsorted } from '../../src/server/store/ports/inbox.ts';
import { sortEvent } from '../../src/server/inbox/sort-event.ts';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { buildStore } from '../../src/server/store/build-store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/server/store/ports/store.ts';
import { makeFolder } from '../support/start-server.ts';

export const invoice = { modcode: 'invoice', hook: 'event_invoice_line_change' };
export const todo = { modcode: 'todo', hook: 'event_product_use_change' };
/** 1 October 2026, noon in Denmark. */
export const noon = Date.parse('2026-10-01T10:00:00Z');
export const day = 86_400_000;

export interface TestHistory {
  readonly file: string;
  readonly store: Store;
  /** Stores an event of tenant 1 and answers its id; nobody has sorted or described it yet. */
  send(object: unknown, more?: { tenantId?: number; name?: HookName; at?: number; gapAfter?: number }): Promise<number>;
  /** Sorts and describes all; with a handler, what is sorted waits for it. */
  settle(hasHandler?: boolean): Promise<void>;
  open(): Promise<Store>;
}

/** The store as the worker and the follower use it, a step at a time. */
export async function openHistory(): Promise<TestHistory> {
  const file = join(makeFolder(), 'a.db');
  const open = (): Promise<Store> => openStoreAt(file);
  const store = await open();
  return {
    file,
    store,
    open,
    async send(object, { tenantId = 1, name = invoice, at = noon, gapAfter } = {}) {
      const fields = { object: typeof object === 'string' ? object : JSON.stringify(object) };
      const gap = gapAfter === undefined ? {} : { gapAfter };
      const [id] = await store.inbox.append([{ ...name, tenantId, receivedAt: at, fields, ...gap }]);
      return id ?? 0;
    },
    async settle(hasHandler = false) {
      const events = await store.inbox.listUnsorted(1000);
      const all = events.map((event) => ({ ...sortEvent(event), handler: hasHandler }));
      await store.inbox.advance({ now: noon, sorted: all });
      await describeAll(store);
    },
  };
}

export async function describeAll({ describing }: Store): Promise<void> {
  for (;;) {
    const batch = await describing.listUndescribed(3);
    if (batch === undefined) return;
    await describing.describe(batch, batch.events.map(describeEvent));
  }
}

export async function openStoreAt(file: string): Promise<Store> {
  const store = buildStore(await openSqliteStore(file), buildKeyring(['an app key for tests that is long enough']));
  onTestFinished(() => store.close());
  return store;
}

/** As the worker sorts it, for an app that only stores it. */
export function sorted(event: Unsorted): SortedEvent {
  return { ...sortEvent(event), handler: false };
}
