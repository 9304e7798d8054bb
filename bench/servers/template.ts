import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { newWebhookSecret } from '../../src/server/forwards/webhook-secret.ts';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { startSandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { buildStore } from '../../src/server/store/build-store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import { findFreePort } from '../../test/support/find-free-port.ts';
import { appKey, connectTo, hookUrl, keys, testSettings } from '../../test/support/start-server.ts';
import { makeFolder, startProcess, stopProcess } from '../process/start-process.ts';
import { waitForAnswer } from '../process/wait-for-port.ts';

/** A database with one connected tenant, which every run begins with a copy of, and the path that its events go to. */
export interface Template {
  readonly database: string;
  readonly path: string;
  readonly pages: { readonly menu: string; readonly tab: string };
  /** The port of the tenant's endpoint. Nobody listens there, unless a part needs the answers. */
  readonly endpointPort: number;
}

export const databaseName = 'appconnect.db';

/** All of .env that is not the default. The addresses are made from APP_KEY, so they outlive the server that handed them out. */
export function serverSettings(
  port: number,
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return testSettings(port, folder, { FORWARD_PRIVATE_HOSTS: '127.0.0.1', LOG_LEVEL: 'info', ...more });
}

/** Connects a server to a sandbox Microbizz, as a customer does, and ends both. */
export async function buildTemplate(): Promise<Template> {
  const folder = makeFolder();
  const port = await findFreePort();
  const sandbox = await startSandbox(keys);
  const script = fileURLToPath(new URL('appconnect.ts', import.meta.url));
  const started = startProcess({
    script,
    env: serverSettings(port, folder, { MICROBIZZ_URL: sandbox.url }),
    cwd: folder,
  });
  try {
    await waitForAnswer(port, started);
    const request = await connectTo(`http://127.0.0.1:${port}/connect`, sandbox);
    const pathOf = (hook: string): string => new URL(hookUrl(request, hook)).pathname;
    return {
      database: join(folder, databaseName),
      path: pathOf('invoice/event_invoice_line_change'),
      pages: { menu: pathOf('user/menu'), tab: pathOf('user/tab') },
      endpointPort: Number(new URL(sandbox.url).port),
    };
  } finally {
    await stopProcess(started);
    await sandbox.close();
  }
}

/** Every event of the template's tenant goes to `url` too. */
export async function addForward(database: string, url: string): Promise<void> {
  const store = buildStore(await openSqliteStore(database), buildKeyring([appKey]));
  const [tenant] = await store.connections.listTenants();
  if (tenant === undefined) throw new Error('The template has no tenant.');
  await store.forwards.add({ tenantId: tenant.id, url, hooks: [], secret: newWebhookSecret() }, 1);
  await store.close();
}
