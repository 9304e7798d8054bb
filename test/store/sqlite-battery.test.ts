import { afterAll } from 'vitest';
import { battery } from './battery.ts';
import { makeSqliteDatabases } from './open-store.ts';

const databases = makeSqliteDatabases();
afterAll(databases.end);
battery('SQLite', databases.make);
