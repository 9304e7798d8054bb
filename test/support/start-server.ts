import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { buildServer } from '../../src/server/build-server.ts';
import { readConfig } from '../../src/server/config.ts';
import type { App } from '../../src/server/define-app.ts';
import { app as shippedApp } from '../../src/app/app.ts';
import { startSandbox, type Sandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { findFreePort } from './find-free-port.ts';
import { visitConnect } from '../../src/tools/sandbox/visit-connect.ts';
import type { Role } from '../../src/server/open-store.ts';
import { openServices, type Services, type World } from '../../src/server/services.ts';
import { makeHome } from './make-home.ts';

/** Every server that tests and benchmarks start has these, and what testSettings adds. */
export const keys = { publicid: 'test-publicid', secretkey: 'test-secretkey-8b1f' };
export const appKey = 'an app key for tests that is long enough';

/** How servers of tests have their database: without threads unless `TEST_ROLE=server` asks for them. */
export const role: Role = process.env['TEST_ROLE'] === 'server' ? 'server' : 'one-thread';

export interface TestServer {
  readonly url: string;
  readonly services: Services;
  readonly server: FastifyInstance;
  /** Every line logged so far. */
  readonly log: string[];
  close(): Promise<void>;
}

export interface ServerOptions {
  /** The solution that `/connect` leads to. */
  readonly solution?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Path of PUBLIC_URL. */
  readonly path?: string;
  /** Its host: `localhost` is another site than the sandbox's 127.0.0.1. */
  readonly host?: string;
  readonly app?: App;
  readonly world?: Partial<World>;
  /** Folder of the templates, for pages of the test's own. */
  readonly views?: string;
  /** Whether the database has threads of its own: TEST_ROLE when left out. */
  readonly role?: Role;
  /** False: events are taken, but nothing is sorted or handled. */
  readonly work?: boolean;
}

/** A folder for one test, gone after it. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'appconnect-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The settings of a server on loopback with a database of its own. */
export function testSettings(
  port: number,
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    MICROBIZZ_PUBLICID: keys.publicid,
    MICROBIZZ_SECRETKEY: keys.secretkey,
    MICROBIZZ_HOSTS: '127.0.0.1,*.microbizz.dk',
    DATABASE_URL: `file:${join(folder, 'appconnect.db')}`,
    APP_KEY: appKey,
    LOG_LEVEL: 'trace',
    CONNECT: 'open',
    ...more,
  };
}

/** The whole server in this process, listening on loopback, closed when the test ends. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const port = await findFreePort();
  const log: string[] = [];
  const settings = testSettings(port, makeHome(), {
    MICROBIZZ_URL: options.solution ?? 'https://system.microbizz.dk',
    PUBLIC_URL: `http://${options.host ?? '127.0.0.1'}:${port}${options.path ?? ''}`,
    ...options.settings,
  });
  const world = { now: Date.now, random: Math.random, ...options.world };
  const services = await openServices(readConfig(settings), options.app ?? shippedApp, world, options.role ?? role);
  const server = await buildServer(services, { stream: { write: (line) => log.push(line) }, views: options.views });
  if (options.work !== false) services.work(server.log);
  await server.listen({ host: '127.0.0.1', port });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= server.close().then(() => services.close()));
  onTestFinished(close);
  return { url: services.config.PUBLIC_URL, services, server, log, close };
}

export async function startTestSandbox(options: Partial<Parameters<typeof startSandbox>[0]> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ ...keys, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** Opens /connect as a browser does: the request that Microbizz is shown. */
export async function openConnection(server: TestServer, solution?: string): Promise<ConnectRequest> {
  const query = solution === undefined ? '' : `?${new URLSearchParams({ solution }).toString()}`;
  return openLink(`${server.url}/connect${query}`);
}

/** The same with a link that somebody was given. */
export async function openLink(link: string): Promise<ConnectRequest> {
  return JSON.parse(await visitConnect(link)) as ConnectRequest;
}

export interface ConnectRequest {
  readonly publicid: string;
  readonly negotiateurl: string;
  readonly returnurl: string;
  readonly hooks: { modcode: string; hook: string; title: string; url: string }[];
}

/**
 * Connects the server to the sandbox, as a person does who accepts, and with the tenant's own link once there is one; resolves when the
 * connection is verified.
 */
export async function connect(server: TestServer, sandbox: Sandbox): Promise<ConnectRequest> {
  const known = (await server.services.connections.listTenants()).find(({ solution }) => solution === sandbox.url);
  return connectTo(
    known === undefined ? `${server.url}/connect?solution=${sandbox.url}` : server.services.links.reconnect(known.id),
    sandbox,
  );
}

/** The same by any link of any server, in this process or not. */
export async function connectTo(link: string, sandbox: Sandbox): Promise<ConnectRequest> {
  const request = await openLink(link);
  const accepted = await sandbox.accept(request);
  if (!accepted.ok) throw new Error(`The sandbox could not connect: ${accepted.error}`);
  await fetch(request.returnurl);
  return request;
}

/** A sandbox and a server, connected. */
export async function startStory(
  options: ServerOptions = {},
): Promise<{ sandbox: Sandbox; server: TestServer; request: ConnectRequest }> {
  const sandbox = await startTestSandbox();
  const server = await startServer({ solution: sandbox.url, ...options });
  return { sandbox, server, request: await connect(server, sandbox) };
}

export function hookUrl(request: ConnectRequest, path: string): string {
  const found = request.hooks.find(({ modcode, hook }) => `${modcode}/${hook}` === path);
  if (found === undefined) throw new Error(`The app did not ask for ${path}`);
  return found.url;
}
