import { join } from 'node:path';
import Database from 'better-sqlite3';
import { newWebhookSecret } from '../../src/server/forwards/webhook-secret.ts';
import { eventPurpose } from '../../src/server/http/purposes.ts';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { startSandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { buildStore } from '../../src/server/store/build-store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import { spawnServer } from '../../test/support/spawn-server.ts';
import { findFreePort } from '../../test/support/find-free-port.ts';
import { appKey, connectTo, keys } from '../../test/support/start-server.ts';
import { makeFolder } from '../process/start-process.ts';
import { databaseName, serverSettings as benchSettings } from '../servers/template.ts';

/** All that knows how this version of the server is set, connected and filled: an older commit may need another one. */
const keyring = buildKeyring([appKey]);
export const entry = 'bench/isolation/app.ts';
/** The tenant with the first place in the plans: the template's own is 1. */
export const firstTenant = 2;
const hook = { modcode: 'invoice', hook: 'event_invoice_line_change' };

/** Of the bench's own entry: where it writes, and its clock. */
export function serverSettings(port: number, folder: string): Record<string, string> {
  return benchSettings(port, folder, { RECORD: join(folder, 'record'), CLOCK: join(folder, 'clock') });
}

/** A database with one tenant, connected as a customer does it. */
export async function buildTemplate(): Promise<string> {
  const folder = makeFolder();
  const sandbox = await startSandbox(keys);
  const settings = { ...serverSettings(await findFreePort(), folder), MICROBIZZ_URL: sandbox.url };
  const server = spawnServer({ settings, folder, entry });
  server.start();
  try {
    await server.answering();
    await connectTo(`${server.url}/connect`, sandbox);
  } finally {
    await server.stop('SIGTERM');
    await sandbox.close();
  }
  return join(folder, databaseName);
}

export interface TenantPlan {
  /** Where its Microbizz is; left out: where nobody listens any more. */
  readonly endpoint?: string;
  /** The addresses that its events are forwarded to. */
  readonly forwards?: readonly string[];
}

type Row = Record<string, string | number | Buffer | null>;

/** Makes the template's tenant again and again, with a number, an installation and a token of its own, and gives it its forwards. */
export async function addTenants(file: string, plans: readonly TenantPlan[]): Promise<string[]> {
  const database = new Database(file);
  const rowOf = (table: string): Row => database.prepare<[], Row>(`SELECT * FROM ${table} LIMIT 1`).get() ?? {};
  const [tenant, installation] = [rowOf('tenants'), rowOf('installations')];
  const insert = (table: string, row: Row): void => {
    const names = Object.keys(row);
    database
      .prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`)
      .run(...Object.values(row));
  };
  const paths = database.transaction(() =>
    plans.map(({ endpoint = String(installation['endpoint']) }, at) => {
      const [id, number, contract] = [keyring.newInstallationId(), at + firstTenant, String(10_000 + at)];
      const accesstoken = keyring.encrypt(
        'a token of forty characters, or about it',
        `installations/${id}/accesstoken`,
      );
      insert('tenants', { ...tenant, id: number, contract, host: new URL(endpoint).host, installation_id: id });
      insert('installations', { ...installation, id, tenant_id: number, contract, endpoint, accesstoken });
      return `/events/${keyring.mint(id, eventPurpose(hook))}/${hook.modcode}/${hook.hook}`;
    }),
  )();
  database.pragma('synchronous = NORMAL');
  database.close();
  const store = buildStore(await openSqliteStore(file), keyring);
  for (const [at, { forwards = [] }] of plans.entries())
    for (const url of forwards)
      await store.forwards.add(
        { tenantId: at + firstTenant, url, hooks: [], secret: newWebhookSecret() },
        forwards.length,
      );
  await store.close();
  return paths;
}

/** Events that came while nobody sorted, of the tenant with this place in the plans. */
export async function fill(file: string, tenant: number, objects: Iterable<object>): Promise<void> {
  const store = buildStore(await openSqliteStore(file), keyring);
  const receivedAt = Date.now();
  let some: object[] = [];
  const append = async (): Promise<void> => {
    const arrivals = some.map((object) => ({
      ...hook,
      tenantId: tenant + firstTenant,
      receivedAt,
      fields: { object: JSON.stringify(object) },
    }));
    some = [];
    await store.inbox.append(arrivals);
  };
  for (const object of objects) if (some.push(object) === 2000) await append();
  await append();
  await store.close();
}
