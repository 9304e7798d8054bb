import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnServer, type SpawnedServer } from '../support/spawn-server.ts';
import { findFreePort } from '../support/find-free-port.ts';
import { testSettings, type ConnectRequest } from '../support/start-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { ask, postForm, type Answer } from './ask.ts';
import { startFakeMicrobizz, type FakeMicrobizz } from './fake-microbizz.ts';

/** A tenant as somebody inside its Microbizz knows it. */
export interface Connected {
  readonly contract: string;
  readonly token: string;
  /** A sessiontoken of user 11. */
  readonly session: string;
  readonly request: ConnectRequest;
  /** The address of `modcode/hook`. */
  readonly url: (path: string) => string;
  /** The address of a page, as Microbizz puts it into an iframe. */
  readonly page: (path: string, session?: string) => string;
  readonly returned: Answer;
}

/** The server that is attacked, as a process of its own with a database of its own. */
export interface Victim {
  readonly server: SpawnedServer;
  readonly url: string;
  readonly folder: string;
  readonly alive: () => boolean;
  /** What /connect asks Microbizz for. Undefined when it does not let us in. */
  readonly begin: (options?: { solution?: string; from?: string }) => Promise<ConnectRequest | undefined>;
  /** Everything that makes a tenant of a contract, with a token that the Microbizz knows. */
  readonly connect: (microbizz: FakeMicrobizz, contract: string, from?: string) => Promise<Connected>;
}

/** What the attacks of a section are played on; all of it ends with the section. */
export interface Stage {
  readonly victim: (settings?: Readonly<Record<string, string>>) => Promise<Victim>;
  readonly microbizz: () => Promise<FakeMicrobizz>;
  readonly folder: () => string;
  readonly onEnd: (end: () => unknown) => void;
  readonly end: () => Promise<void>;
}

export function openStage(): Stage {
  const ends: (() => unknown)[] = [];
  const stage: Stage = {
    onEnd: (end) => ends.push(end),
    async end() {
      for (const end of ends.splice(0).reverse()) await end();
    },
    folder() {
      const folder = mkdtempSync(join(tmpdir(), 'appconnect-attack-'));
      ends.push(() => {
        rmSync(folder, { recursive: true, force: true });
      });
      return folder;
    },
    async microbizz() {
      const fake = await startFakeMicrobizz();
      ends.push(fake.close);
      return fake;
    },
    async victim(settings = {}) {
      const folder = stage.folder();
      // CONNECT=open: an attacker who has an invitation, or a public app, is the harder case.
      const given = { CONNECT: 'open', LOG_LEVEL: 'error', ...settings };
      const server = spawnServer({ settings: testSettings(await findFreePort(), folder, given), folder });
      server.start();
      ends.push(() => server.stop('SIGKILL'));
      await server.answering();
      return buildVictim(server, folder);
    },
  };
  return stage;
}

function buildVictim(server: SpawnedServer, folder: string): Victim {
  const { url } = server;
  const victim: Victim = {
    ...{ server, url, folder },
    alive: () => isRunning(server.pid),
    async begin({ solution = 'https://system.microbizz.dk', from } = {}) {
      const page = await ask(`${url}/connect?solution=${encodeURIComponent(solution)}`, { from });
      return readRequest(page.text);
    },
    async connect(microbizz, contract, from) {
      const token = randomBytes(20).toString('hex');
      const session = randomBytes(20).toString('hex');
      microbizz.contracts.set(contract, token);
      microbizz.sessions.set(session, { contract, userid: 11 });
      const request = await victim.begin({ solution: microbizz.origin, ...(from !== undefined && { from }) });
      if (request === undefined) throw new Error('/connect shows no request');
      const hashed = await negotiate(request, { endpoint: microbizz.endpoint, contract, accesstoken: token }, from);
      if (!/^[0-9a-f]{40}$/.test(hashed.text)) throw new Error(`negotiate answered ${hashed.status} ${hashed.text}`);
      const returned = await ask(request.returnurl, { from, headers: { 'accept-language': 'en' } });
      const find = (path: string): string => {
        const hook = request.hooks.find((each) => `${each.modcode}/${each.hook}` === path);
        if (hook === undefined) throw new Error(`The app asks for no ${path}`);
        return hook.url;
      };
      const page = (path: string, given = session): string =>
        `${find(path)}?sessiontoken=${given}${path === 'user/tab' ? '&id=11&usercode=AH' : ''}`;
      return { contract, token, session, request, url: find, page, returned };
    },
  };
  return victim;
}

export function negotiate(
  { negotiateurl }: { readonly negotiateurl: string },
  fields: Readonly<Record<string, string>>,
  from?: string,
): Promise<Answer> {
  return postForm(negotiateurl, { challenge: 'challenge', ...fields }, { from });
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function readRequest(page: string): ConnectRequest | undefined {
  const value = /name="request" value="([^"]*)"/.exec(page)?.[1];
  if (value === undefined) return undefined;
  const text = value.replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => entities[name] ?? whole);
  return JSON.parse(text) as ConnectRequest;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Addresses nobody has used yet in this process: limits count by address. */
let addresses = 0;
export function freshAddress(): string {
  addresses += 1;
  return `127.1.${Math.floor(addresses / 250)}.${(addresses % 250) + 2}`;
}

export const changed = 'invoice/event_invoice_line_change';

/** An event with an object, as Microbizz sends it. */
export function sendEvent(url: string, object: unknown, from?: string): Promise<Answer> {
  return postForm(url, { object: typeof object === 'string' ? object : JSON.stringify(object) }, { from });
}

export function isTaken({ status, text }: Answer): boolean {
  return status === 200 && /"status":\s*true/.test(text);
}

/** What every event's answer has to be. */
export function isStructured({ text }: Answer): boolean {
  try {
    const { status, error } = JSON.parse(text) as { status: unknown; error: unknown };
    return typeof status === 'boolean' && typeof error === 'string';
  } catch {
    return false;
  }
}

/** Whether a list of changes names this object of an event that was sent. */
export function lists({ text }: Answer, id: number): boolean {
  return text.includes(`&amp;id=${id}&amp;`);
}

let marked = 1_000_000;

/** Resolves when whatever was stored so far is on the pages: an event that is sent now stands there. */
export async function settle(tenant: Connected): Promise<void> {
  marked += 1;
  const id = marked;
  await sendEvent(tenant.url(changed), { id }, freshAddress());
  const isListed = async (): Promise<boolean> =>
    lists(await ask(tenant.page('user/menu'), { from: freshAddress() }), id);
  await waitUntil(isListed, 'the events are on the page', { interval: 50 });
}
