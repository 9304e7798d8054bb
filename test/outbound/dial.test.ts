import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { dial } from '../../src/microbizz/outbound/dial.ts';
import { until } from '../support/until.ts';

/** Somebody who listens on an address of this machine. */
async function listen(host: string, port = 0): Promise<{ port: number; taken: Socket[] }> {
  const taken: Socket[] = [];
  const server = createServer((socket) => taken.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  onTestFinished(() => {
    for (const socket of taken) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, taken };
}

async function dialed(addresses: string[], port: number): Promise<string | undefined> {
  const socket = await dial(addresses, port, AbortSignal.timeout(10_000));
  onTestFinished(() => void socket.destroy());
  return socket.remoteAddress;
}

test.each([
  ['refuses', ['127.0.0.2', '127.0.0.1']],
  ['has no network', ['2001:db8::1', '127.0.0.1']],
  ['does not answer', ['192.0.2.1', '127.0.0.1']],
  ['comes last and does not answer', ['127.0.0.1', '2001:db8::1', '192.0.2.1']],
])('an address that %s costs the others nothing', async (_what, addresses) => {
  const { port, taken } = await listen('127.0.0.1');
  expect(await dialed(addresses, port)).toBe('127.0.0.1');
  await until(() => taken.length === 1);
});

test('what nobody takes says why, and ends with its signal', async () => {
  const { port } = await listen('127.0.0.1');
  await expect(dial(['127.0.0.2', '127.0.0.3'], port, AbortSignal.timeout(10_000))).rejects.toMatchObject({
    errors: [{ code: 'ECONNREFUSED' }, { code: 'ECONNREFUSED' }],
  });
  await expect(dial(['127.0.0.1'], port, AbortSignal.abort())).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  await expect(dial([], port, AbortSignal.timeout(10_000))).rejects.toThrow('No address');
});

test('of a name with very many addresses ten are tried', async () => {
  const { port } = await listen('127.0.0.1');
  const dead = Array.from({ length: 10 }, (_, at) => `127.0.1.${at}`);
  expect(await dialed([...dead.slice(1), '127.0.0.1'], port)).toBe('127.0.0.1');
  await expect(dial([...dead, '127.0.0.1'], port, AbortSignal.timeout(10_000))).rejects.toThrow('No address');
});
