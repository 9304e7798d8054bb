import { expect, test } from 'vitest';
import type { ServerResponse } from 'node:http';
import { sendJson } from '../support/fake-endpoint.ts';
import { until } from '../support/until.ts';
import { answerEach, buildTenant, startApi, type ApiStory } from './start-api.ts';

/** A further tenant at the same host, by another path, as solutions are. */
function tenantAt({ endpoint }: ApiStory, id: number) {
  return { ...buildTenant(`${endpoint.origin}/${id}/endpoint.php`), id, contract: String(id) };
}

async function runFor(story: ApiStory, id: number): Promise<unknown> {
  const error = await story.apis
    .of(tenantAt(story, id))
    .run('Echo')
    .then(
      () => undefined,
      (fault: unknown) => fault,
    );
  return error instanceof Error ? error.message : 'done';
}

test.each([429, 503])(
  'a Retry-After with %i holds for all tenants of the host, and for no other host',
  async (status) => {
    const story = await startApi({ limits: { attempts: 3 } });
    const other = await startApi();
    story.endpoint.answer = (response) => response.writeHead(status, { 'retry-after': '30' }).end();
    expect(await runFor(story, 7)).toContain('asked to be left alone for 30 seconds');
    const ids = Array.from({ length: 300 }, (_, at) => at + 10);
    const said = new Set(await Promise.all(ids.map((id) => runFor(story, id))));
    expect([...said]).toEqual([expect.stringContaining('asked to be left alone')]);
    expect(story.endpoint.envelopes).toHaveLength(1);
    expect(story.apis.resting().get(7)).toBeGreaterThan(story.clock + 25_000);
    expect(story.apis.resting().get(7)).toBeLessThanOrEqual(story.clock + 30_000);
    expect(story.apis.resting().get(9999)).toBeUndefined();
    expect(await runFor(other, 7)).toBe('done');
    expect(other.apis.resting().get(7)).toBeUndefined();
  },
);

test('300 tenants of a host that fails send few requests, one tries it after the rest, and all go on', async () => {
  const story = await startApi({ limits: { attempts: 1, breakAfter: 5, breakFor: 100 } });
  story.endpoint.answer = (response) => response.writeHead(500).end();
  const ids = Array.from({ length: 300 }, (_, at) => at + 10);
  for (const id of ids) await runFor(story, id);
  // A slow machine may have let the rest end, each time for one.
  expect(story.endpoint.envelopes.length).toBeLessThan(30);
  await until(() => story.apis.resting().get(10) === undefined);
  const before = story.endpoint.envelopes.length;
  let held: ServerResponse | undefined;
  story.endpoint.answer = (response) => (held = response);
  const all = ids.map((id) => runFor(story, id));
  await until(() => held);
  await Promise.all(all.slice(1));
  expect(story.endpoint.envelopes).toHaveLength(before + 1);
  expect(story.apis.resting().get(10)).toBe(story.clock + 1000);
  answerEach(story.endpoint, () => ({ status: 1, answer: 'on' }));
  if (held) sendJson(held, { status: 1, results: [{ status: 1 }] });
  expect(await all[0]).toBe('done');
  expect(story.apis.resting().get(10)).toBeUndefined();
  expect(new Set(await Promise.all(ids.map((id) => runFor(story, id))))).toEqual(new Set(['done']));
});

test('a tenant that only heard of the rest is told of when its host is back', async () => {
  const back: number[] = [];
  const story = await startApi({
    limits: { attempts: 1, breakAfter: 2, breakFor: 20 },
    onReachable: (id) => back.push(id),
  });
  story.endpoint.answer = (response) => response.writeHead(500).end();
  for (const id of [1, 1, 2]) await runFor(story, id);
  expect(story.endpoint.envelopes).toHaveLength(2);
  answerEach(story.endpoint, () => ({ status: 1 }));
  await until(async () => (await runFor(story, 2)) === 'done');
  expect(back).toEqual([2]);
});

test('a refused token is its tenant’s alone', async () => {
  const story = await startApi({ limits: { breakAfter: 2 } });
  story.endpoint.answer = (response) => {
    sendJson(response, { status: 0, msg: 'Access denied' });
  };
  for (let at = 0; at < 5; at += 1) expect(await runFor(story, 1)).toContain('refuses the accesstoken');
  answerEach(story.endpoint, () => ({ status: 1 }));
  expect(await runFor(story, 2)).toBe('done');
});

test('requests beyond the number for a minute wait for their turn, and those that would wait long are refused', async () => {
  const story = await startApi({ limits: { perMinute: 60, inFlight: 1000 } });
  answerEach(story.endpoint, () => ({ status: 1 }));
  const stop = new AbortController();
  const ids = Array.from({ length: 100 }, (_, at) => at + 1);
  const all = ids.map((id) =>
    story.apis
      .of(tenantAt(story, id), { signal: stop.signal })
      .run('Echo')
      .then(
        () => 'done',
        (error: unknown) => String(error),
      ),
  );
  await until(() => story.endpoint.envelopes.length >= 61);
  stop.abort();
  const ended = await Promise.all(all);
  const refused = ended.filter((text) => text.includes('60 requests a minute at most'));
  expect(refused.length).toBeGreaterThan(5);
  expect(ended.filter((text) => text.includes('given up')).length).toBeGreaterThan(20);
});
