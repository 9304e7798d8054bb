import { expect, test } from 'vitest';
import { connect, startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';

test('a token that Microbizz refuses marks the tenant as to be connected again, and a reconnect clears it', async () => {
  const { sandbox, server } = await startStory();
  const { apis, connections } = server.services;
  const [tenant] = await connections.listTenants();
  if (tenant === undefined) throw new Error('no tenant');
  const api = apis.of(tenant);
  const refusedAt = async () => (await connections.findTenant(tenant.id))?.refusedAt;
  await api.run('Echo', { text: 'hej' });
  expect(await refusedAt()).toBeUndefined();

  sandbox.refuseTokens();
  await expect(api.run('GetMaingroups')).rejects.toMatchObject({ kind: 'token' });
  expect(await refusedAt()).toBeGreaterThan(1e12);
  const asked = sandbox.requests.length;
  await expect(api.run('GetMaingroups')).rejects.toMatchObject({ kind: 'token' });
  expect(sandbox.requests).toHaveLength(asked);

  await connect(server, sandbox);
  expect(await refusedAt()).toBeUndefined();
  expect((await connections.listTenants()).map(({ id }) => id)).toEqual([tenant.id]);
  // The Api of before has the new token too.
  expect((await api.run('GetMaingroups')).maingroups.length).toBeGreaterThan(0);
});

test('a page that Microbizz refuses for the accesstoken marks the tenant too', async () => {
  const { sandbox, server } = await startStory();
  const url = sandbox.interfaceUrl('user', 'menu', 12);
  sandbox.refuseTokens();
  expect((await fetch(url)).status).toBe(502);
  await until(async () => (await server.services.connections.listTenants())[0]?.refusedAt !== undefined);
});
