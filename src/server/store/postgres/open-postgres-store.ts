import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Refusal } from '../../errors.ts';
import type { Replacement, Sealed, SealedRows } from '../ports/sealed.ts';
import type { Adapter } from '../ports/store.ts';
import { countChanges } from './changes.ts';
import { buildConnections } from './connections/connections.ts';
import { buildGrants } from './connections/grants.ts';
import { buildInvitations } from './connections/invitations.ts';
import type { Database } from './database.ts';
import { beginEpoch, nameOf } from './event-names.ts';
import { buildForwardStore } from './forwards/forwards.ts';
import { buildGapStore } from './gaps.ts';
import { buildDescribe } from './history/describe.ts';
import { buildHistory } from './history/history.ts';
import { buildAppend } from './inbox/append.ts';
import { buildInbox } from './inbox/inbox.ts';
import { refuseHalfMoved } from './half-moved.ts';
import { checkVersion, migrate } from './migrate.ts';
import { openPatient, openPools } from './open-pools.ts';
import { buildOperator } from './operator/operator.ts';
import { buildRetention } from './retention.ts';
import { replaceSealed } from './sealed-rows.ts';

/** Milliseconds that a server waits for its database at the start, at most, and between two attempts. */
const patience = 10_000;
const look = 250;

/** A text that the first server has sealed, so that others can check whether they have the same key. */
export interface KeyCheck {
  find(): Promise<Sealed | undefined>;
  /** Keeps it when there is none yet. Answers the kept one. */
  begin(sealed: Sealed): Promise<Sealed | undefined>;
  replace(sealed: Sealed): Promise<void>;
}

export interface OpenedPostgres {
  readonly adapter: Adapter;
  readonly keyCheck: KeyCheck;
  /** For a key that is lost (sealed-rows.ts). */
  replaceSealed(choose: (rows: SealedRows) => Replacement): Promise<Replacement>;
}

/** The server's, which makes the tables and brings them up to date; or `beside` it, for a program that only uses existing tables. */
export async function openPostgresStore(url: string, as: 'server' | 'beside' = 'server'): Promise<OpenedPostgres> {
  const { events, pages, end } = openPools(url);
  try {
    if (as === 'server') await waitForDatabase(pages);
    await refuseHalfMoved(pages);
    if (as === 'beside') await checkVersion(pages);
    else {
      await bringUpToDate(url);
      await beginEpoch(pages);
    }
  } catch (error) {
    await end();
    throw error;
  }
  const append = buildAppend(events);
  const adapter: Adapter = {
    connections: buildConnections(events, pages),
    invitations: buildInvitations(pages),
    grants: buildGrants(pages),
    inbox: buildInbox(events, append.add),
    history: buildHistory(pages),
    describing: buildDescribe(pages),
    forwards: buildForwardStore(events, pages),
    operator: buildOperator(pages),
    retention: buildRetention(pages),
    gaps: buildGapStore(pages),
    countChanges: () => countChanges(events),
    nameOf: (eventId) => nameOf(events, eventId),
    checkWritable: () => checkWritable(events),
    // The server keeps its log itself.
    tidyLog: () => Promise.resolve(),
    async close() {
      await append.end();
      await end();
    },
  };
  return { adapter, keyCheck: buildKeyCheck(pages), replaceSealed: (choose) => replaceSealed(pages, choose) };
}

async function bringUpToDate(url: string): Promise<void> {
  const patient = openPatient(url);
  try {
    await migrate(patient);
  } finally {
    await patient.end();
  }
}

/** One that was started with the server, or is being restarted, does not answer yet. */
async function waitForDatabase({ run }: Database): Promise<void> {
  const until = performance.now() + patience;
  for (;;) {
    try {
      await run('SELECT 1');
      return;
    } catch (error) {
      const mayPass = error instanceof Refusal && performance.now() < until;
      if (!mayPass) throw error;
      await delay(look);
    }
  }
}

export function buildKeyCheck(database: Database): KeyCheck {
  const find = async (): Promise<Sealed | undefined> =>
    (await database.row<{ sealed: Buffer }>('SELECT sealed FROM key_check'))?.sealed;
  return {
    find,
    begin(sealed) {
      return database.checking(async ({ row, run }) => {
        await run('LOCK TABLE key_check IN EXCLUSIVE MODE');
        await run('INSERT INTO key_check SELECT $1::bytea WHERE NOT EXISTS (SELECT 1 FROM key_check)', [
          Buffer.from(sealed),
        ]);
        return (await row<{ sealed: Buffer }>('SELECT sealed FROM key_check'))?.sealed;
      });
    },
    async replace(sealed) {
      await database.run('UPDATE key_check SET sealed = $1', [Buffer.from(sealed)]);
    },
  };
}

/** As many bytes as a large event, which do not shrink when they are packed. */
async function checkWritable(database: Database): Promise<void> {
  await database.checking(async ({ run }) => {
    await run('SAVEPOINT room');
    await run('INSERT INTO checks VALUES ($1)', [randomBytes(65_536)]);
    await run('ROLLBACK TO room');
    // A rolled back write need not reach the disk; this one does.
    await run('UPDATE clock SET seen_at = seen_at');
  });
}
