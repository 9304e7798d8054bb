import { expect, test } from 'vitest';
import { sendJson } from '../support/fake-endpoint.ts';
import { buildTenant, commandsOf, startApi, type ApiStory } from './start-api.ts';

const refusal = { kind: 'token', message: 'Microbizz refuses the accesstoken: the solution has to be connected again' };

/** The endpoint takes these tokens only. */
function take({ endpoint }: ApiStory, ...tokens: string[]): void {
  endpoint.answer = (response, { accesstoken, commands }) => {
    const good = { status: 1, results: commands.map(() => ({ status: 1, answer: accesstoken })) };
    sendJson(response, tokens.includes(accesstoken) ? good : { status: 0, msg: 'Access denied' });
  };
}

test('a refused envelope is a refused token when an Echo is refused too; then nothing more is sent', async () => {
  const story = await startApi();
  take(story);
  const all = await Promise.allSettled([
    story.api.run('GetMaingroups'),
    story.api.run('AddInvoiceLine', { invoiceline: {} }),
    story.api.run('Echo', {}, { timeout: 20_000 }),
  ]);
  for (const one of all) expect(one).toMatchObject({ status: 'rejected', reason: refusal });
  const sent = story.endpoint.envelopes.length;
  const probes = story.endpoint.envelopes.filter((envelope) => commandsOf(envelope)[0]?.text === 'appconnect');
  expect({ sent, probes: probes.length }).toEqual({ sent: 4, probes: 1 });
  expect(story.tenant.refusedAt).toBe(1_000_000);

  await expect(story.api.run('GetMaingroups')).rejects.toMatchObject(refusal);
  // Who remembers the tenant of before does not begin anew.
  await expect(story.apis.of(buildTenant(story.endpoint.url)).run('Echo')).rejects.toMatchObject(refusal);
  expect(story.endpoint.envelopes).toHaveLength(sent);
});

test('once a minute the refused token is tried with an Echo, and calls go on when it is taken', async () => {
  const story = await startApi();
  take(story);
  await expect(story.api.run('GetMaingroups')).rejects.toMatchObject(refusal);
  story.clock += 59_000;
  await expect(story.api.run('GetMaingroups')).rejects.toMatchObject(refusal);
  expect(story.endpoint.envelopes).toHaveLength(2);
  story.clock += 1_000;
  await expect(story.api.run('GetMaingroups')).rejects.toMatchObject(refusal);
  expect(story.endpoint.envelopes).toHaveLength(3);
  take(story, 'token-one');
  story.clock += 60_000;
  await story.api.run('GetMaingroups');
  expect(story.noted).toEqual([1_000_000, undefined]);
  expect(story.endpoint.envelopes.map((envelope) => commandsOf(envelope)[0]?.command)).toEqual([
    ...['GetMaingroups', 'Echo', 'Echo', 'Echo', 'GetMaingroups'],
  ]);
});

test('a reconnect counts at once, for those who hold the Api of before too', async () => {
  const story = await startApi();
  take(story, 'token-two');
  await expect(story.api.run('Echo')).rejects.toMatchObject(refusal);
  story.tenant = buildTenant(story.endpoint.url, 'token-two');
  expect((await story.api.run('Echo')).answer).toBe('token-two');
});

test('a call that meets the old token’s end after a reconnect is sent with the new one', async () => {
  const story = await startApi();
  take(story, 'token-two');
  story.tenant = buildTenant(story.endpoint.url, 'token-two');
  expect((await story.api.run('Echo')).answer).toBe('token-two');
  expect(story.noted).toEqual([]);
});

test('a tenant that was refused before the server started is asked about once', async () => {
  const story = await startApi();
  take(story);
  story.tenant = { ...story.tenant, refusedAt: 5 };
  const api = story.of();
  await expect(api.run('GetMaingroups')).rejects.toMatchObject(refusal);
  await expect(api.run('GetMaingroups')).rejects.toMatchObject(refusal);
  expect(story.endpoint.envelopes.map((envelope) => commandsOf(envelope)[0]?.command)).toEqual(['Echo']);
});

test('HTTP 401 is taken for a refused envelope', async () => {
  const story = await startApi();
  story.endpoint.answer = (response) => response.writeHead(401).end();
  await expect(story.api.run('Echo')).rejects.toMatchObject(refusal);
});

test('a refused envelope is not a refused token while no Echo can be asked', async () => {
  const story = await startApi();
  story.endpoint.answer = (response, { commands: [first] }) => {
    if (first?.command === 'Echo') response.destroy();
    else sendJson(response, { status: 0, msg: 'Busy' });
  };
  await expect(story.api.run('GetMaingroups')).rejects.toMatchObject({ kind: 'envelope', msg: 'Busy' });
  expect(story.noted).toEqual([]);
});
