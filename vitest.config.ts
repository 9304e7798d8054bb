import { defineConfig } from 'vitest/config';

/** What mocks a module, or adds to what modules share, has a process of its own. */
const alone = ['test/durability/disk-full.test.ts', 'test/api/wire.test.ts'];
/** What needs a PostgreSQL, which is started for these only. */
const postgres = ['test/store/postgres*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One more than CI has processors: some tests wait for seconds, for a clock of somebody else.
    maxWorkers: 3,
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      // Half of the time of a file was loading the server anew: 51 files took 160 s of CPU, and 83 s with what is loaded shared.
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: [...alone, ...postgres], isolate: false },
      },
      {
        extends: true,
        test: { name: 'postgres', include: postgres, isolate: false, globalSetup: 'test/support/start-postgres.ts' },
      },
    ],
  },
});
