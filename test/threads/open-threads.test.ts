import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Refusal } from '../../src/server/errors.ts';
import { openDatabase } from '../../src/server/store/sqlite/open-database.ts';
import { openThreads } from '../../src/server/threads/open-threads.ts';
import { makeFolder } from '../support/start-server.ts';

test('a database that is refused is refused with its sentence, in a thread too', async () => {
  const file = join(makeFolder(), 'a.db');
  const database = openDatabase(file);
  database.pragma('user_version = 999');
  database.close();
  const refused = await openThreads(file).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refusal);
  expect((refused as Refusal).message).toContain('is newer (version 999) than this program');
});

test('a file that the pages cannot open for a moment refuses that page, and no other', async () => {
  const file = join(makeFolder(), 'a.db');
  const { adapter } = await openThreads(file);
  onTestFinished(() => adapter.close());
  renameSync(file, `${file}.away`);
  await expect(adapter.history.lastEventAt(1)).rejects.toMatchObject({ code: 'unavailable' });
  renameSync(`${file}.away`, file);
  expect(await adapter.history.lastEventAt(1)).toBeUndefined();
});
