import { Resolver } from 'node:dns/promises';
import { expect, test } from 'vitest';
import { buildLookup } from '../../src/microbizz/outbound/lookup-host.ts';
import { startNameServer } from './fake-name-server.ts';

/** As the system's list of name servers is at the moment. */
function openWith(servers: () => string[]): () => Resolver {
  return () => {
    const resolver = new Resolver({ timeout: 2000, tries: 2 });
    resolver.setServers(servers());
    return resolver;
  };
}

test('IPv4 comes before IPv6, and one kind alone is enough', async () => {
  const both = await startNameServer({ A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'] });
  const old = await startNameServer({ A: ['192.0.2.3'], AAAA: [] });
  const modern = await startNameServer({ A: [], AAAA: ['2001:db8::2'] });
  const ask = ({ address }: { address: string }) => buildLookup(openWith(() => [address]))('erp.example');
  expect((await ask(both)).slice(0, 2).toSorted()).toEqual(['192.0.2.1', '192.0.2.2']);
  expect((await ask(both))[2]).toBe('2001:db8::1');
  expect(await ask(old)).toEqual(['192.0.2.3']);
  expect(await ask(modern)).toEqual(['2001:db8::2']);
});

test.each([
  [{ A: ['192.0.2.1'], AAAA: 'silent' } as const, '192.0.2.1'],
  [{ A: 'silent', AAAA: ['2001:db8::1'] } as const, '2001:db8::1'],
])('a name server that never answers one kind is not waited for', async (answers, found) => {
  const server = await startNameServer(answers);
  // A second one would be asked after two seconds: it is not, since what came is used.
  const second = await startNameServer(answers);
  expect(await buildLookup(openWith(() => [server.address, second.address]))('erp.example')).toEqual([found]);
  expect(second.asked).toEqual({ A: 0, AAAA: 0 });
});

test('a name server that moves is followed', async () => {
  const before = await startNameServer({ A: ['192.0.2.1'], AAAA: [] });
  const after = await startNameServer({ A: ['192.0.2.2'], AAAA: [] });
  let servers = [before.address];
  const lookup = buildLookup(openWith(() => servers));
  expect(await lookup('erp.example')).toEqual(['192.0.2.1']);
  servers = [after.address];
  expect(await lookup('erp.example')).toEqual(['192.0.2.2']);
  expect(before.asked.A).toBe(1);
});

test('of two name servers one may be silent', async () => {
  const silent = await startNameServer({ A: 'silent', AAAA: 'silent' });
  const other = await startNameServer({ A: ['192.0.2.2'], AAAA: [] });
  expect(await buildLookup(openWith(() => [silent.address, other.address]))('erp.example')).toEqual(['192.0.2.2']);
});

test('those who ask for one name at the same time share one question', async () => {
  const server = await startNameServer({ A: ['192.0.2.1'], AAAA: [] });
  const lookup = buildLookup(openWith(() => [server.address]));
  await Promise.all(Array.from({ length: 50 }, () => lookup('erp.example')));
  expect(server.asked).toEqual({ A: 1, AAAA: 1 });
});

test.each([
  ['ENOTFOUND', { A: 3, AAAA: 3 } as const],
  ['ENODATA', { A: [], AAAA: [] } as const],
  ['EREFUSED', { A: 5, AAAA: 5 } as const],
])('what the DNS says against a name is the code: %s', async (code, answers) => {
  const { address } = await startNameServer(answers);
  await expect(buildLookup(openWith(() => [address]))('erp.example')).rejects.toMatchObject({ code });
});
