import { expect, test } from 'vitest';
import { stopClock } from '../support/start-inbox.ts';
import { until } from '../support/until.ts';
import { openForwards } from './open-forwards.ts';
import { answerWith, startReceiver } from './start-receiver.ts';

test.each([301, 307, 308])('a %i to another receiver that may be reached is not followed', async (status) => {
  const other = await startReceiver();
  const receiver = await startReceiver(answerWith(status, { location: other.url }));
  const inbox = await openForwards([receiver, other], { world: { now: stopClock().now } });
  const { id } = await inbox.add(receiver);
  expect(await inbox.services.forwards.test(id)).toMatchObject({ status });
  await inbox.send(inbox.tenant, { id: 1 });
  inbox.work();
  expect(await until(async () => (await inbox.find(1, id))?.fault)).toContain('a redirect, which is not followed');
  expect(other.connections()).toBe(0);
});

test('a name that is not found is named, with the word of the DNS', async () => {
  let code: string | undefined;
  const lookup = (): Promise<string[]> =>
    code === undefined ? Promise.resolve(['8.8.8.8']) : Promise.reject(Object.assign(new Error('no'), { code }));
  const inbox = await openForwards([], { world: { now: stopClock().now, lookup } });
  const { forwards } = inbox.services;
  const { id } = await forwards.add({ tenantId: inbox.tenant, url: 'https://erp.example/in' });
  for (code of ['ENOTFOUND', 'ESERVFAIL', 'ETIMEOUT'])
    expect((await forwards.test(id)).fault).toBe(`Not sent: the name erp.example could not be found: ${code}.`);
  await inbox.send(inbox.tenant, { id: 1 });
  inbox.work();
  await until(async () => (await forwards.attempts(id, 1)).length === 1);
  expect((await forwards.attempts(id, 1))[0]?.fault).toContain('erp.example could not be found: ETIMEOUT');
});
