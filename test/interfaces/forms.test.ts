import { expect, test } from 'vitest';
import { endSessions, formOf, linkOf, post, startPages, token } from './open-pages.ts';
import { expectFrame, visit } from './visit-page.ts';

async function open() {
  const pages = await startPages();
  const first = await visit(pages.opened());
  const { url, hidden } = formOf(first, pages.server.url, 'post');
  return {
    ...pages,
    url,
    send: (fields: Record<string, string>, how?: string) => post(url, { ...hidden, ...fields }, how),
  };
}

test('an action is done once: 303 to a page with a pass of its own', async () => {
  const { send, seen, server } = await open();
  const done = await send({ name: 'Ole' });
  expect(done.status).toBe(303);
  expect(seen.saved).toEqual(['Ole y']);
  const location = done.headers.get('location') ?? '';
  expect(location).not.toContain(token);
  expect(done.headers.get('cache-control')).toBe('no-store');
  expect((await visit(new URL(location, server.url).href)).text).toContain('row 3 of C5');
});

test.each(['application/json', 'multipart'])('it takes %s as well', async (type) => {
  const { url, seen, opened, server } = await open();
  const { hidden } = formOf(await visit(opened()), server.url, 'post');
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...hidden, name: 'Åse' })) body.set(name, value);
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    ...(type === 'multipart'
      ? { body }
      : { headers: { 'content-type': type }, body: JSON.stringify({ ...hidden, name: 'Åse' }) }),
  });
  expect(answer.status).toBe(303);
  expect(seen.saved).toEqual(['Åse y']);
});

test('422 with the sentence and what was typed, from the schema in the reader’s language and from the act', async () => {
  const { send, seen } = await open();
  const empty = await send({ name: '' }, 'da');
  expect(empty.status).toBe(422);
  expect(empty.text).toContain('faults {&quot;name&quot;:&quot;For lille');
  expect(empty.text).toContain('&quot;query&quot;:{&quot;kind&quot;:&quot;y&quot;}');
  const taken = await send({ name: 'taken' });
  expect(taken.status).toBe(422);
  expect(taken.text).toContain('It is taken.');
  expect(taken.text).toContain('value="taken"');
  expect(seen.saved).toEqual([]);
});

test('what is shown once stands in the answer itself', async () => {
  const { send } = await open();
  const once = await send({ name: 'once' });
  expect(once.status).toBe(200);
  expect(once.text).toContain('done {&quot;secret&quot;:&quot;s3&quot;}');
  expect(once.text).toContain('&quot;kind&quot;:&quot;z&quot;');
});

test('a form whose answer is shown is done once, however often it is sent; another content is another form', async () => {
  const { send, seen, opened, server } = await open();
  const twice = await Promise.all([send({ name: 'once' }), send({ name: 'once' })]);
  const reloaded = await send({ name: 'once' });
  for (const { status, text } of [...twice, reloaded]) {
    expect(status).toBe(200);
    expect(text).toContain('done {&quot;secret&quot;:&quot;s3&quot;}');
  }
  expect(seen.saved).toEqual(['once']);
  await send({ name: 'once', password: 'x' });
  const { url, hidden } = formOf(await visit(opened()), server.url, 'post');
  await post(url, { ...hidden, name: 'once' });
  expect(seen.saved).toEqual(['once', 'once', 'once']);
});

test('what was answered by a redirect may be done again by the same form later', async () => {
  const { send, seen } = await open();
  expect((await send({ name: 'Ole' })).status).toBe(303);
  expect((await send({ name: 'Ole' })).status).toBe(303);
  expect(seen.saved).toEqual(['Ole y', 'Ole y']);
});

const typed = { name: '<b>Ole</b>\nlinje 2', password: 'hunter2' };

test('what only sounds like a secret is kept too', async () => {
  const { send, fake, clock } = await open();
  endSessions(fake);
  clock.now += 60_000;
  const fields = { postkode: '8000', keyword: 'kabel', kundekode: 'K7' };
  const kept = await send({ ...fields, apikey: 'a-key-of-hers', pinkode: '1234', adgangskode: '5678' });
  for (const value of Object.values(fields)) expect(kept.text).toContain(`${value}</textarea>`);
  expect(kept.text).not.toMatch(/a-key-of-hers|1234|5678/);
});

test.each([
  ['ended', 403, 'You are no longer logged in'],
  ['too old', 401, 'The page was open for too long'],
])('a form whose session is %s keeps what was typed', async (how, status, title) => {
  const { send, fake, clock, seen } = await open();
  if (how === 'ended') endSessions(fake);
  clock.now += how === 'ended' ? 60_000 : 12 * 3_600_000;
  const kept = await send(typed);
  expect(kept.status).toBe(status);
  expect(kept.text).toContain(title);
  expect(kept.text).toContain('Open the page again from the menu in Microbizz.');
  expect(kept.text).toContain('&lt;b&gt;Ole&lt;/b&gt;\nlinje 2</textarea>');
  expect(kept.text).not.toMatch(/hunter2|<form|<b>Ole/);
  expect(seen.saved).toEqual([]);
  expectFrame(kept, fake.origin);
});

test('a form that came while Microbizz was not reached is sent again by a button', async () => {
  const { send, fake, clock, seen, server } = await open();
  const { answer } = fake;
  clock.now += 60_000;
  fake.answer = (response) => response.destroy();
  const kept = await send({ ...typed, name: 'Ole' }, 'da');
  expect(kept.status).toBe(502);
  expect(kept.text).toContain('<button>Send igen</button>');
  expect(kept.text).not.toContain('hunter2');
  const again = formOf(kept, server.url, 'post');
  fake.answer = answer;
  expect((await post(again.url, { ...again.hidden, name: 'Ole', password: '' })).status).toBe(303);
  expect(seen.saved).toEqual(['Ole y']);
});

test('nothing of a form without a good pass is repeated', async () => {
  const { url, fake } = await open();
  for (const pass of ['', 'x', 'A'.repeat(200)]) {
    const refused = await post(url, { name: 'repeat-me', pass });
    expect(refused.status).toBe(401);
    expect(refused.text).not.toContain('repeat-me');
    expectFrame(refused, fake.origin);
  }
});

test('an act that fails says so, and keeps what was typed', async () => {
  const { send } = await open();
  const failed = await send({ name: 'broken' });
  expect(failed.status).toBe(500);
  expect(failed.text).toContain('Something went wrong');
  expect(failed.text).toContain('broken</textarea>');
  expect(failed.text).not.toContain('The act failed');
});

test('413 for a form of more than 64 kB, 415 for no form, 404 for no action and for a GET of one', async () => {
  const { send, url, opened, server, fake } = await open();
  const large = await send({ name: 'x'.repeat(70_000) });
  expect(large.status).toBe(413);
  expectFrame(large, fake.origin);
  expect((await fetch(url, { method: 'POST', body: 'text' })).status).toBe(415);
  expect((await post(url.replace('/save', '/constructor'), {})).status).toBe(404);
  // The first page opens by POST as well, with what Microbizz gives in the URL or in the body.
  expect((await post(opened(), {})).status).toBe(200);
  const { origin, pathname, search } = new URL(opened());
  const given = Object.fromEntries(new URLSearchParams(search));
  expect((await post(origin + pathname, given)).status).toBe(200);
  expect((await post(origin + pathname, { ...given, sessiontoken: '' })).status).toBe(401);
  // Whoever reloads the frame after an action sees why there is nothing, and no blank.
  const reloaded = await visit(url);
  expect(reloaded.status).toBe(404);
  expectFrame(reloaded, fake.origin);
  const row = linkOf(await visit(opened()), server.url, 'to the row');
  expect((await post(row, { name: 'x' })).status).toBe(404);
});

test('a page in a frame posts and fetches from this server only; the form of /connect goes to Microbizz', async () => {
  const { opened, server, fake } = await open();
  const policyOf = async (url: string) => (await visit(url)).headers.get('content-security-policy') ?? '';
  expect((await policyOf(opened())).split('; ')).toEqual(
    expect.arrayContaining(["form-action 'self'", "connect-src 'self'"]),
  );
  expect(await policyOf(`${server.url}/connect?solution=${fake.origin}`)).not.toContain('form-action');
});
