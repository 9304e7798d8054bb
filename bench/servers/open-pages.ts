import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { startProcess, stopProcess, type Started } from '../process/start-process.ts';
import { startOptions } from '../process/start-command.ts';
import { findFreePort } from '../../test/support/find-free-port.ts';
import { waitForAnswer } from '../process/wait-for-port.ts';
import { serverSettings, type Template } from './template.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** From the request to the last byte. */
  readonly milliseconds: number;
}

/** One browser: one kept connection. */
export interface Browser {
  get(path: string): Promise<Answer>;
  close(): void;
}

export interface PagesServer {
  readonly port: number;
  readonly started: Started;
}

export interface WatchedServer extends PagesServer {
  /** Milliseconds: the longest hold of the thread that answers since it was asked last. */
  hold(): Promise<number>;
}

/** This server as src/main.ts starts it, on a database that is there. It asks Microbizz for a session once and never again. */
export async function startPagesServer(
  folder: string,
  more: Readonly<Record<string, string>> = {},
): Promise<WatchedServer> {
  const port = await findFreePort();
  const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));
  const options = [...startOptions(), '--import', pathOf('test/support/watch-loop.js')];
  const started = startProcess({
    command: [process.execPath, ...options, pathOf('src/main.ts')],
    env: serverSettings(port, folder, { SESSION_RECHECK_SECONDS: '3600', ...more }),
    cwd: folder,
    ipc: true,
  });
  await waitForAnswer(port, started);
  return {
    port,
    started,
    async hold() {
      const heard = once(started.child, 'message');
      started.child.send('hold');
      const [milliseconds] = (await heard) as [number];
      return milliseconds;
    },
  };
}

/** Fastify and eta with a constant table. */
export async function startBarePages(): Promise<PagesServer> {
  const port = await findFreePort();
  const started = startProcess({ script: join(import.meta.dirname, 'bare-pages.ts'), args: [String(port)] });
  await waitForAnswer(port, started);
  return { port, started };
}

/** The tenant's own Microbizz: every sessiontoken is a user's. */
export async function startMicrobizz({ endpointPort }: Template): Promise<{ stop(): Promise<void> }> {
  const script = fileURLToPath(new URL('microbizz.ts', import.meta.url));
  const started = startProcess({ script, args: [String(endpointPort)] });
  await waitForAnswer(endpointPort, started);
  return { stop: () => stopProcess(started) };
}

export function openBrowser(port: number): Browser {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    get: (path) =>
      new Promise((resolve, reject) => {
        const began = performance.now();
        const sent = request(
          { host: '127.0.0.1', port, path, agent, headers: { 'accept-language': 'da' } },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on('data', (chunk: Buffer) => chunks.push(chunk));
            answer.once('end', () => {
              const milliseconds = performance.now() - began;
              resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString(), milliseconds });
            });
          },
        );
        sent.once('error', reject);
        sent.end();
      }),
    close: () => {
      agent.destroy();
    },
  };
}

/** Where a hook's pages are, with the passes that its first page links to them with. */
export interface OpenedHook {
  readonly opened: Answer;
  /** The address of the first page or of the one of an object. */
  url(page: 'first' | 'object', query?: Readonly<Record<string, string>>): string;
}

/** Opens a hook as Microbizz does, with a sessiontoken, and takes the passes from its form and its links. */
export async function openHook(
  browser: Browser,
  path: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<OpenedHook> {
  const search = new URLSearchParams({ ...variables, sessiontoken: 'of somebody who looks' });
  const opened = await browser.get(`${path}?${search.toString()}`);
  const first = /<input type="hidden" name="pass" value="([^"]+)">/.exec(opened.body)?.[1];
  const object = /href="[^"]*\/object\?[^"]*pass=([^"&]+)/.exec(opened.body)?.[1];
  if (opened.status !== 200 || first === undefined || object === undefined)
    throw new Error(`A page could not be opened: ${opened.status} ${opened.body.slice(0, 2000)}`);
  return {
    opened,
    url: (page, query = {}) =>
      page === 'first'
        ? `${path}?${new URLSearchParams({ ...query, pass: first }).toString()}`
        : `${path}/object?${new URLSearchParams({ ...query, pass: decodeURIComponent(object) }).toString()}`,
  };
}
