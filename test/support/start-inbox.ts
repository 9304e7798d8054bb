import { join } from 'node:path';
import pino from 'pino';
import { onTestFinished } from 'vitest';
import { readConfig } from '../../src/server/config.ts';
import { Secret } from '../../src/microbizz/domain/secret.ts';
import { defineEvent, type EventHook, type Handler } from '../../src/server/events/define-event.ts';
import { openServices, type Services, type World } from '../../src/server/services.ts';
import type { InboxStore, Room } from '../../src/server/store/ports/inbox.ts';
import { sortEvent } from '../../src/server/inbox/sort-event.ts';
import { workerLimits } from '../../src/server/inbox/worker-state.ts';
import { makeHome } from './make-home.ts';
import { role, testSettings } from './start-server.ts';

export const hook = { modcode: 'invoice', hook: 'event_invoice_line_change' };

/** A clock that stands still until it is moved. */
export function stopClock(start = 1_800_000_000_000): { now: () => number; move: (milliseconds: number) => void } {
  let time = start;
  return {
    now: () => time,
    move(milliseconds) {
      time += milliseconds;
    },
  };
}

export interface TestInbox {
  readonly services: Services;
  readonly log: Record<string, unknown>[];
  /** A connected tenant, by contract. */
  addTenant(contract: string): Promise<number>;
  /** Stores an event as the event route does. */
  send(tenantId: number, object: unknown, name?: { modcode: string; hook: string }): Promise<number>;
  work(): void;
}

export interface InboxOptions {
  readonly handle?: Handler<Readonly<Record<string, unknown>>>;
  readonly hooks?: readonly EventHook[];
  readonly world?: Partial<World>;
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** The inbox with its worker, without the web server. Looks for work every few milliseconds, since the tests' clocks stand still. */
export async function openInbox({
  handle,
  hooks,
  world = {},
  folder = makeHome(),
  settings,
}: InboxOptions = {}): Promise<TestInbox> {
  const log: Record<string, unknown>[] = [];
  const logger = pino(
    { level: 'trace' },
    { write: (line: string) => log.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const events = hooks ?? [defineEvent({ ...hook, title: 'Test', ...(handle ? { handle } : {}) })];
  const limits = { ...workerLimits, look: 5 };
  const services = await openServices(
    readConfig(testSettings(1, folder, settings)),
    { events, pages: [] },
    { now: Date.now, random: () => 0, limits, ...world },
    role,
  );
  onTestFinished(() => services.close());
  return {
    services,
    log,
    async addTenant(contract) {
      const { connections, keyring, now } = services;
      // A database that was copied has it already.
      const known = (await connections.listTenants()).find((tenant) => tenant.contract === contract);
      if (known !== undefined) return known.id;
      const id = keyring.newInstallationId();
      const endpoint = 'https://a.microbizz.dk/api/endpoint.php';
      const begun = { id, solution: 'https://a.microbizz.dk', expiresAt: now() + 1000 };
      await connections.negotiate(
        { ...begun, invitation: undefined, reconnects: undefined },
        { endpoint, contract, accesstoken: new Secret('token') },
        now(),
      );
      await connections.noteVerified(id, now());
      const installation = await connections.findInstallation(id);
      if (installation?.tenantId === undefined) throw new Error('no tenant');
      return installation.tenantId;
    },
    send(tenantId, object, name = hook) {
      const fields = { object: JSON.stringify(object) };
      return services.gatherer.add({ ...name, tenantId, receivedAt: services.now(), fields }, 100);
    },
    work() {
      services.work(logger);
    },
  };
}

export function databaseFile(folder: string): string {
  return join(folder, 'appconnect.db');
}

/** For tests that are the worker themselves: takes whatever is there. */
export const roomForAll: Room = {
  step: 1000,
  stepBytes: 1e9,
  perTarget: 100,
  forwards: 100,
  perForward: 100,
  shares: new Map(),
  bytes: 1e9,
  tenantBytes: 1e9,
  underWay: new Map(),
  resting: [],
  suspects: 100,
  alone: true,
};

/** What the worker does first with what arrived: for tests that are the worker themselves. */
export async function sortAll(store: InboxStore): Promise<void> {
  const events = await store.listUnsorted(1000);
  await store.advance({
    now: 0,
    sorted: events.map((event) => ({ ...sortEvent(event), handler: true })),
  });
}
