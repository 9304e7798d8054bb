import { expect, test } from 'vitest';
import { sendJson } from '../support/fake-endpoint.ts';
import { until } from '../support/until.ts';
import { endSessions, linkOf, sessionCalls, startPages, token } from './open-pages.ts';
import { visit } from './visit-page.ts';

async function open(settings: Readonly<Record<string, string>> = {}) {
  const pages = await startPages(settings);
  const first = await visit(pages.opened());
  return { ...pages, first, row: linkOf(first, pages.server.url, 'to the row') };
}

test('within SESSION_RECHECK_SECONDS Microbizz is not asked again, after them it is', async () => {
  const { fake, clock, row } = await open();
  const calls = sessionCalls(fake);
  clock.now += 59_000;
  expect((await visit(row)).status).toBe(200);
  expect(sessionCalls(fake)).toBe(calls);
  clock.now += 1000;
  expect((await visit(row)).status).toBe(200);
  expect(sessionCalls(fake)).toBe(calls + 1);
  // The answer serves the old pass too, for another minute.
  clock.now += 59_000;
  expect((await visit(row)).status).toBe(200);
  expect(sessionCalls(fake)).toBe(calls + 1);
});

test('with 0 seconds each use is asked for', async () => {
  const { fake, row } = await open({ SESSION_RECHECK_SECONDS: '0' });
  const calls = sessionCalls(fake);
  for (let at = 0; at < 3; at += 1) expect((await visit(row)).status).toBe(200);
  expect(sessionCalls(fake)).toBe(calls + 3);
});

test('a clock that is set back makes no session valid for longer', async () => {
  const { fake, clock, row } = await open();
  const calls = sessionCalls(fake);
  clock.now -= 3_600_000;
  expect((await visit(row)).status).toBe(200);
  expect(sessionCalls(fake)).toBe(calls + 1);
});

test('sixty-four at once share one call, when it is good and when it is a refusal', async () => {
  const { fake, clock, row, server, opened } = await open();
  const answers: (() => void)[] = [];
  const hold = (result: object) => {
    fake.answer = (response) => {
      answers.push(() => {
        sendJson(response, { status: 1, results: [result] });
      });
    };
  };
  hold({ status: 1, userid: 12 });
  const calls = sessionCalls(fake);
  clock.now += 60_000;
  let done = 0;
  const visits = Array.from({ length: 64 }, () => visit(row).finally(() => (done += 1)));
  await until(() => answers.length === 1, 'the call');
  // All of them have come in: the last has been counted by the server.
  await until(async () => (await connections(server)) >= 64, 'the visits');
  expect(done).toBe(0);
  answers.pop()?.();
  expect(new Set((await Promise.all(visits)).map(({ status }) => status))).toEqual(new Set([200]));
  expect(sessionCalls(fake)).toBe(calls + 1);

  hold({ status: 0 });
  clock.now += 60_000;
  const refused = Array.from({ length: 64 }, () => visit(row));
  await until(() => answers.length === 1, 'the second call');
  answers.pop()?.();
  expect(new Set((await Promise.all(refused)).map(({ status }) => status))).toEqual(new Set([403]));
  expect(sessionCalls(fake)).toBe(calls + 2);
  // A page that Microbizz opens asks anew.
  hold({ status: 1, userid: 12 });
  const again = visit(opened());
  await until(() => answers.length === 1, 'the third call');
  answers.pop()?.();
  expect((await again).status).toBe(200);
});

function connections(server: { server: { server: import('node:http').Server } }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}

test('a refusal ends every pass of the session at once, and no other session', async () => {
  const { fake, clock, row, first, server, opened, seen } = await open();
  const other = linkOf(await visit(opened(`id=9&sessiontoken=other`)), server.url, 'to the row');
  clock.now += 30_000;
  const late = linkOf(await visit(linkOf(first, server.url, 'in Danish')), server.url, 'to the row');
  clock.now += 30_000;
  fake.answer = (response, { commands }) => {
    const good = commands[0]?.sessiontoken !== token;
    sendJson(response, { status: 1, results: [good ? { status: 1, userid: 12 } : { status: 0 }] });
  };
  const { loads } = seen;
  const refused = await visit(row);
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('You are no longer logged in');
  const calls = sessionCalls(fake);
  // Its time is not over, but its session is.
  expect((await visit(late)).status).toBe(403);
  expect(sessionCalls(fake)).toBe(calls);
  expect(seen.loads).toBe(loads);
  expect((await visit(other)).status).toBe(200);
});

test('a session that Microbizz now gives to another user is refused', async () => {
  const { fake, clock, row } = await open();
  fake.answer = (response) => {
    sendJson(response, { status: 1, results: [{ status: 1, userid: 13 }] });
  };
  clock.now += 60_000;
  expect((await visit(row)).status).toBe(403);
  expect((await visit(row)).status).toBe(403);
});

test('a Microbizz that is not reached refuses, but ends nothing', async () => {
  const { fake, clock, row } = await open();
  const { answer } = fake;
  clock.now += 60_000;
  fake.answer = (response) => response.destroy();
  expect((await visit(row)).status).toBe(502);
  fake.answer = answer;
  expect((await visit(row)).status).toBe(200);
});

test('12 hours after it was opened in Microbizz a page ends, however often it was used', async () => {
  const { clock, server, first } = await open();
  const hour = 3_600_000;
  let page = first;
  for (let at = 1; at < 12; at += 1) {
    clock.now += hour;
    page = await visit(linkOf(page, server.url, at === 1 ? 'to the row' : 'deeper'));
    expect(page.status).toBe(200);
  }
  clock.now += hour;
  const ended = await visit(linkOf(page, server.url, 'deeper'));
  expect(ended.status).toBe(401);
  expect(ended.text).toContain('The page was open for too long');
});

test('what Microbizz ended in between shows a plain refusal and no data', async () => {
  const { fake, clock, row } = await open();
  endSessions(fake);
  clock.now += 60_000;
  const page = await visit(row, 'da');
  expect(page.status).toBe(403);
  expect(page.text).toContain('Åbn siden igen fra menuen i Microbizz.');
  // Not "C5" alone, which a nonce may hold.
  expect(page.text).not.toMatch(/row \d|of C5/);
});
