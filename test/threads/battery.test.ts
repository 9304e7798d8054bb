import { afterAll } from 'vitest';
import { openThreads } from '../../src/server/threads/open-threads.ts';
import { battery } from '../store/battery.ts';
import { makeSqliteDatabases } from '../store/open-store.ts';

const databases = makeSqliteDatabases(async (file) => (await openThreads(file)).adapter);
afterAll(databases.end);
battery('SQLite in threads', databases.make);
