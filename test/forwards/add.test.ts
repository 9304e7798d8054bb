import { expect, test } from 'vitest';
import { openForwards } from './open-forwards.ts';

const same = 'this tenant has a forward to it already';

test('a tenant has one forward to a URL, however it is written and however fast it is added', async () => {
  const inbox = await openForwards([]);
  const other = await inbox.addTenant('2000');
  const add = (url: string, tenantId = inbox.tenant) => inbox.services.forwards.add({ tenantId, url });
  const url = 'https://8.8.8.8/in?key=1';
  const both = await Promise.allSettled([add(url), add(url)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  for (const again of ['HTTPS://8.8.8.8:443/in?key=1', `${url}#part`]) await expect(add(again)).rejects.toThrow(same);
  await add('https://8.8.8.8/in?key=2');
  await add(url, other);
  expect(await inbox.services.forwards.list()).toHaveLength(3);
});

test('a tenant has 20 forwards at most, the paused ones too', async () => {
  const inbox = await openForwards([]);
  const { forwards } = inbox.services;
  const add = (at: number) => forwards.add({ tenantId: inbox.tenant, url: `https://8.8.8.8/${at}` });
  const { id } = await add(0);
  await forwards.pause(id);
  const added = await Promise.allSettled(Array.from({ length: 30 }, (_, at) => add(at + 1)));
  expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(19);
  await expect(add(99)).rejects.toThrow('This tenant has 20 forwards, and cannot have more.');
  await forwards.remove(id);
  await add(99);
});
