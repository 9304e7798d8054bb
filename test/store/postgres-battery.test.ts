import { battery } from './battery.ts';
import { makePostgresDatabase } from './open-postgres.ts';

// A history takes half a second here; `npm run test:postgres` has more of them.
battery('PostgreSQL', makePostgresDatabase, 3);
