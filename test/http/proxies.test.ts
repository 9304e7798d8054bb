import { expect, test } from 'vitest';
import { reuseIdle } from '../support/idle-connections.ts';
import { sendRefused } from '../support/refused-bodies.ts';
import { startRelay } from '../support/relay.ts';
import { hookUrl, startStory, type ServerOptions } from '../support/start-server.ts';

/** The short form of `npm run proxies`. */
async function startBehind(options: ServerOptions = {}): Promise<string> {
  const { request } = await startStory({ work: false, ...options });
  return hookUrl(request, 'invoice/event_invoice_line_change');
}

test('a refused body of some MB gets its answer, whatever way it comes and whyever it is refused', async () => {
  const tallies = [...(await sendRefused(await startBehind({ settings: { TRUST_PROXY: '127.0.0.1' } }), 48))];
  expect(tallies.map(([name, { unanswered }]) => [name, unanswered])).toEqual(tallies.map(([name]) => [name, 0]));
  const answers = tallies.flatMap(([, { statuses }]) => Object.keys(statuses));
  expect([...new Set(answers)].sort()).toEqual(['404', '413']);
  expect(tallies).toHaveLength(12);
});

test('a connection that a proxy keeps is kept here too', async () => {
  const reuse = { connections: 20, requests: 2, pause: () => 20 };
  const url = await startBehind();
  const relay = await startRelay(Number(new URL(url).port), 5);
  expect(await reuseIdle({ url, port: relay.port, ...reuse })).toEqual({
    sent: 40,
    unanswered: 0,
    anew: 0,
    statuses: { 200: 40 },
  });
  relay.close();
});
