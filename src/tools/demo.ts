import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import closeWithGrace from 'close-with-grace';
import { buildServer } from '../server/build-server.ts';
import { readConfig } from '../server/config.ts';
import { invitationLife } from '../microbizz/domain/invitation.ts';
import { app } from '../app/app.ts';
import { startSandbox } from './sandbox/start-sandbox.ts';
import { visitConnect } from './sandbox/visit-connect.ts';
import { openServices } from '../server/services.ts';

/** A port that nobody has: the server must know its own address before it listens. */
async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const folder = mkdtempSync(join(tmpdir(), 'appconnect-demo-'));
const keys = { publicid: 'demo-publicid', secretkey: 'demo-secretkey' };
const sandbox = await startSandbox(keys);
const port = await findFreePort();
const services = await openServices(
  readConfig({
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    MICROBIZZ_PUBLICID: keys.publicid,
    MICROBIZZ_SECRETKEY: keys.secretkey,
    MICROBIZZ_URL: sandbox.url,
    MICROBIZZ_HOSTS: '127.0.0.1',
    DATABASE_URL: `file:${join(folder, 'appconnect.db')}`,
    APP_KEY: 'a key for the demo only that is thrown away with it',
    LOG_LEVEL: 'warn',
  }),
  app,
);
const server = await buildServer(services);
closeWithGrace({ delay: 5000, logger: false }, async ({ err }) => {
  if (err) say(`The demo ends because of an error: ${err.message}`);
  await sandbox.close();
  await server.close();
  await services.close();
  rmSync(folder, { recursive: true });
});
services.work(server.log);
await server.listen({ host: '127.0.0.1', port });

const id = services.keyring.newInstallationId();
const [createdAt, expiresAt] = [Date.now(), Date.now() + invitationLife];
await services.store.invitations.add({ id, createdAt, expiresAt, contract: undefined, host: undefined });
const accepted = await sandbox.accept(await visitConnect(services.links.invite(id)));
if (!accepted.ok) throw new Error(`The sandbox could not connect: ${accepted.error}`);
await fetch(accepted.returnurl);
// The search for gaps that follows a connection would find the first change before its event has come.
const [tenant] = await services.connections.listTenants();
if (tenant === undefined) throw new Error('The connection to the sandbox was not verified.');
await services.gaps.run();
for (const id of [50101, 50102, 50101, 50103, 50101]) await sandbox.changeInvoiceLine(id);
for (const id of [70201, 70203]) await sandbox.changeProductUse(id);

say(`
A sandbox Microbizz and this server are running, connected, and seven events were sent.

  What changed lately, as a page of the app inside Microbizz:  ${sandbox.url}/menu/user/0
  The sandbox Microbizz (users, buttons, faults):              ${sandbox.url}
  Connect once more, as a customer does (good once):
    ${services.links.reconnect(tenant.id)}

Ctrl-C ends both and removes what they stored.`);
