import { fileURLToPath } from 'node:url';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import type { App } from '../../src/server/define-app.ts';
import { definePage } from '../../src/server/interfaces/define-page.ts';
import { connectTo } from '../negotiate/connect-by-hand.ts';
import { sendJson, startFakeEndpoint, type FakeEndpoint } from '../support/fake-endpoint.ts';
import { hookUrl, makeFolder, startServer, type ConnectRequest, type TestServer } from '../support/start-server.ts';

/** The views of the app, and some of the test's own, by name. */
export function makeViews(own: Readonly<Record<string, string>>): string {
  const views = makeFolder();
  cpSync(fileURLToPath(new URL('../../views/server', import.meta.url)), join(views, 'server'), { recursive: true });
  mkdirSync(join(views, 'app'));
  for (const [name, text] of Object.entries(own)) writeFileSync(join(views, 'app', `${name}.eta`), text);
  return views;
}

const views = {
  first: `first <%= JSON.stringify({ who: it.who, variables: it.variables, query: it.query, saved: it.saved }) %>
<%~ it.link('to the row', 'row', { id: 7 }) %>
<%~ it.link('in Danish', it.here.page, { ...it.here.query, language: 'da' }) %>
<%~ it.link('the file', 'file') %>
<%~ it.link('a broken file', 'broken', { after: 0 }) %>
<%~ it.form('', { query: { kind: 'x' } }) %><input name="text"></form>
<%~ it.form('save', { query: { kind: 'y' } }) %><input name="name" value="<%= it.typed.name ?? '' %>"></form>
faults <%= JSON.stringify(it.faults) %> done <%= JSON.stringify(it.done ?? null) %> reconnect <%= it.reconnect ?? 'no' %>`,
  row: `row <%= it.id %> of <%= it.customernumber %> <%~ it.link('deeper', 'row', { id: it.id + 1 }) %>`,
};

/** What the page of the tests was asked to do, in order. */
export interface Seen {
  readonly saved: string[];
  loads: number;
  /** Parts of the download that were taken, and whether it was ended. */
  readonly file: { taken: number; ended: boolean };
}

function buildPages(seen: Seen): App {
  async function* endless(): AsyncGenerator<string> {
    try {
      for (;;) {
        seen.file.taken += 1;
        yield await Promise.resolve('x'.repeat(64 * 1024));
      }
    } finally {
      seen.file.ended = true;
    }
  }
  async function* broken(after: number): AsyncGenerator<string> {
    for (let at = 0; at < after; at += 1) yield await Promise.resolve('x'.repeat(64 * 1024));
    throw new Error('The file failed');
  }
  const tab = definePage({
    modcode: 'customer',
    hook: 'tab',
    title: 'Test',
    query: z.object({ kind: z.string().max(5).default('') }),
    load({ userid, variables, query }) {
      seen.loads += 1;
      return Promise.resolve({ who: userid, variables, query, saved: seen.saved });
    },
    view: 'app/first',
    pages: {
      row: {
        query: z.object({ id: z.coerce.number().int() }),
        load: ({ query, variables }) =>
          Promise.resolve({ id: query.id, customernumber: variables.customernumber.toUpperCase() }),
        view: 'app/row',
      },
      file: {
        query: z.object({}),
        download: () => Promise.resolve({ filename: 'Året "25".csv', type: 'text/csv', body: endless() }),
      },
      broken: {
        query: z.object({ after: z.coerce.number() }),
        download: ({ query }) =>
          Promise.resolve({ filename: 'a\r\nb\ud800.csv', type: 'text/csv', body: broken(query.after) }),
      },
    },
    actions: {
      save: {
        form: z.object({ name: z.string().min(1), password: z.string().optional() }),
        act({ form, query }) {
          if (form.name === 'taken') return Promise.resolve({ faults: { name: 'It is taken.' } });
          if (form.name === 'once') {
            seen.saved.push('once');
            return Promise.resolve({ show: '', query: { kind: 'z' }, done: { secret: 's3' } });
          }
          if (form.name === 'broken') throw new Error('The act failed');
          seen.saved.push(`${form.name} ${query['kind'] ?? ''}`);
          return Promise.resolve({ go: 'row', query: { id: 3 } });
        },
      },
    },
  });
  return { events: [], pages: [tab] };
}

export interface OpenPages {
  readonly server: TestServer;
  readonly fake: FakeEndpoint;
  readonly request: ConnectRequest;
  readonly seen: Seen;
  /** The test's clock, in milliseconds since 1970. */
  readonly clock: { now: number };
  /** The address that Microbizz opens, with a sessiontoken of 40 characters unless told. */
  opened(query?: string): string;
}

export const token = 's'.repeat(40);

/** A server with a page of three, an action and a download; its Microbizz names user 12 until told otherwise. */
export async function startPages(
  settings: Readonly<Record<string, string>> = {},
  listening: (port: number) => void = () => undefined,
): Promise<OpenPages> {
  const clock = { now: Date.parse('2026-03-01T10:00:00Z') };
  const seen: Seen = { saved: [], loads: 0, file: { taken: 0, ended: false } };
  const server = await startServer({
    app: buildPages(seen),
    views: makeViews(views),
    settings,
    world: { now: () => clock.now },
    work: false,
  });
  listening((server.server.server.address() as AddressInfo).port);
  const fake = await startFakeEndpoint();
  const { keyring, links, store, now } = server.services;
  const id = keyring.newInstallationId();
  await store.invitations.add({ id, createdAt: now(), expiresAt: now() + 1, contract: undefined, host: undefined });
  const request = await connectTo(server, fake, { link: `${links.invite(id)}&solution=${fake.origin}` });
  const url = hookUrl(request, 'customer/tab');
  const opened = (query = `id=5&customernumber=c5&sessiontoken=${token}`): string => `${url}?${query}`;
  return { server, fake, request, seen, clock, opened };
}

/** From now on the fake Microbizz knows no session. */
export function endSessions(fake: FakeEndpoint): void {
  fake.answer = (response) => {
    sendJson(response, { status: 1, results: [{ status: 0, msg: 'Invalid session' }] });
  };
}

export function sessionCalls(fake: FakeEndpoint): number {
  return fake.envelopes.filter(({ commands }) => commands[0]?.command === 'ValidateSessionToken').length;
}

/** The address of a link, by its text. */
export function linkOf(page: { text: string }, base: string, text: string): string {
  const found = new RegExp(`<a href="([^"]*)"[^>]*>${text}</a>`).exec(page.text)?.[1];
  if (found === undefined) throw new Error(`No link "${text}" in ${page.text}`);
  return new URL(found.replaceAll('&amp;', '&'), base).href;
}

export interface FoundForm {
  readonly url: string;
  readonly hidden: Readonly<Record<string, string>>;
}

/** The form that goes to an action, or to a page. */
export function formOf(page: { text: string }, base: string, method: 'get' | 'post'): FoundForm {
  const found = new RegExp(`<form method="${method}" action="([^"]*)"[^>]*>((?:<input type="hidden"[^>]*>)*)`).exec(
    page.text,
  );
  if (found === null) throw new Error(`No ${method} form in ${page.text}`);
  const hidden = [...(found[2] ?? '').matchAll(/name="([^"]*)" value="([^"]*)"/g)];
  return {
    url: new URL((found[1] ?? '').replaceAll('&amp;', '&'), base).href,
    hidden: Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])),
  };
}

/** Sends a form as a browser without script does. */
export async function post(
  url: string,
  fields: Readonly<Record<string, string>>,
  language = 'en',
): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'accept-language': language },
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}
