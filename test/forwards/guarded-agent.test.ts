import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { buildDestinationRules } from '../../src/server/forwards/destination-rules.ts';
import { AddressRefused, findPublic, openGuardedAgent } from '../../src/server/forwards/guarded-agent.ts';
import type { Lookup } from '../../src/microbizz/outbound/lookup-host.ts';
import { answerWith, startReceiver } from './start-receiver.ts';

/** Answers one list after the other, and counts. */
function answers(...lists: string[][]): Lookup & { asked: string[] } {
  const asked: string[] = [];
  const lookup = (host: string): Promise<string[]> => {
    asked.push(host);
    return Promise.resolve(lists[Math.min(asked.length, lists.length) - 1] ?? []);
  };
  return Object.assign(lookup, { asked });
}

async function post(url: string, lookup: Lookup, privateHosts: string[] = []): Promise<number | string> {
  const agent = await openGuardedAgent(buildDestinationRules(privateHosts, lookup), lookup);
  onTestFinished(() => agent.destroy());
  try {
    const answer = request(url, { method: 'POST', dispatcher: agent, body: '{"data":{}}' }).then(
      ({ statusCode }) => statusCode,
    );
    // Where nobody is, some networks say so at once and some never: long enough for what is on this machine.
    return await Promise.race([answer, pause(500, 'not connected')]);
  } catch (error) {
    return error instanceof AddressRefused ? `refused: ${error.message}` : 'not connected';
  }
}

test('of a mixed answer only the public addresses are connected to', async () => {
  const mixed = answers(['127.0.0.1', '8.8.8.8', '::1', '2606:4700::1111', '::ffff:10.0.0.1']);
  expect(await findPublic('example.dk', mixed)).toEqual(['8.8.8.8', '2606:4700::1111']);
});

test('an answer without a public address is refused, and so is none', async () => {
  const find = (lookup: Lookup) => findPublic('example.dk', lookup);
  await expect(find(answers(['127.0.0.1', 'fd00::1']))).rejects.toThrow(AddressRefused);
  await expect(find(answers(['127.0.0.1']))).rejects.toThrow('not on the public internet (loopback)');
  await expect(find(answers([]))).rejects.toThrow('example.dk has no address');
  await expect(find(() => Promise.reject(new Error('ENOTFOUND')))).rejects.toThrow(
    'the name example.dk could not be found: ENOTFOUND',
  );
});

test('a DNS that answers publicly when the forward is added and privately later: no connection', async () => {
  const receiver = await startReceiver();
  const port = new URL(receiver.url).port;
  const lookup = answers(['8.8.8.8'], ['127.0.0.1']);
  const rules = buildDestinationRules([], lookup);
  expect(await rules.refuseDestination(`https://rebind.dk:${port}/`)).toBeUndefined();
  expect(await post(`https://rebind.dk:${port}/`, lookup)).toContain(
    'refused: rebind.dk is not on the public internet',
  );
  expect(lookup.asked).toHaveLength(2);
  expect(receiver.connections()).toBe(0);
});

test('a DNS that changes between check and connect: the checked address is the one that is connected to', async () => {
  const receiver = await startReceiver();
  const port = new URL(receiver.url).port;
  // 3ffe::/16 was given back in 2006: public, and nobody is there.
  const lookup = answers(['3ffe::1'], ['127.0.0.1']);
  expect(await post(`https://rebind.dk:${port}/`, lookup)).toBe('not connected');
  expect(lookup.asked).toEqual(['rebind.dk']);
  expect(receiver.connections()).toBe(0);
});

test('a private address in the URL is refused, though Node looks nothing up', async () => {
  const receiver = await startReceiver();
  const port = new URL(receiver.url).port;
  const lookup = answers(['8.8.8.8']);
  for (const host of ['127.0.0.1', '0x7f.1', '[::ffff:127.0.0.1]', '[::1]', '0.0.0.0', '[::]', '2130706433'])
    for (const scheme of ['http', 'https'])
      expect(await post(`${scheme}://${host}:${port}/`, lookup)).toContain('is not on the public internet');
  expect(receiver.connections()).toBe(0);
  expect(lookup.asked).toEqual([]);
});

test('localhost is refused by the address that it has', async () => {
  expect(await post('https://localhost:9/', answers(['127.0.0.1', '::1']))).toContain('(loopback)');
});

test('a named host and port may be private; the next port may not', async () => {
  const named = await startReceiver(answerWith(204));
  const other = await startReceiver();
  const lookup = answers(['8.8.8.8']);
  expect(await post(named.url, lookup, [named.host])).toBe(204);
  expect(await post(other.url, lookup, [named.host])).toContain('refused');
  expect(other.connections()).toBe(0);
});
