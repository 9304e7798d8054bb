import { expect, onTestFinished, test } from 'vitest';
import { openAside, type Aside, type AsideLimits } from '../../src/server/aside/aside.ts';
import type { Unsorted } from '../../src/server/store/ports/inbox.ts';
import { sortEvent } from '../../src/server/inbox/sort-event.ts';

function open(limits?: Partial<AsideLimits>): Aside {
  const aside = openAside(limits);
  onTestFinished(() => aside.close());
  return aside;
}

function event(id: number, fields = 1): Unsorted {
  // As text: an object of 600,000 names takes seconds to be made.
  const members = Array.from({ length: fields }, (_, at) => `"field${at}":${at}`).join(',');
  return {
    id,
    tenantId: 1,
    modcode: 'invoice',
    hook: 'event_invoice_line_change',
    receivedAt: 0,
    fields: JSON.stringify({ object: `{"id":${id},${members}}` }),
  };
}

const large = 1_000_000;

test('what is done in the thread is what would have been done here', async () => {
  const aside = open();
  const given = event(7, 20_000);
  const [here, there] = [sortEvent(given), await aside.run('sort', large, given)];
  expect({ ...there, hash: Buffer.from(there.hash) }).toEqual({ ...here, hash: Buffer.from(here.hash) });
  expect(await aside.run('sort', 10, event(8))).toMatchObject({ objectId: '8' });
});

test('a job that takes too much memory is rejected; those behind it are done in a new thread', async () => {
  const aside = open({ memory: 32 });
  const jobs = [1, 600_000, 1].map((fields, at) => aside.run('sort', large, event(at + 1, fields)));
  const done = await Promise.allSettled(jobs);
  expect(done.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a job that takes too long is ended', async () => {
  // The thread alone needs more to begin.
  const aside = open({ time: 1 });
  await expect(aside.run('sort', large, event(1, 100_000))).rejects.toThrow('longer than');
});

test('what a job throws, its caller gets, and the thread lives on', async () => {
  const aside = open();
  await expect(aside.run('sort', large, { ...event(1), fields: 'no JSON' })).rejects.toThrow(SyntaxError);
  expect(await aside.run('sort', large, event(2))).toMatchObject({ objectId: '2' });
});

test('what waits when it is closed is rejected', async () => {
  const aside = openAside();
  const jobs = [1, 2].map((id) => aside.run('sort', large, event(id)));
  const ended = Promise.allSettled(jobs);
  await aside.close();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(aside.run('sort', 1, event(3))).rejects.toThrow('stopping');
});

test('bodies and everything else have turns, each in its order', async () => {
  const aside = open();
  const ended: string[] = [];
  const note = (name: string) => (): void => void ended.push(name);
  const body = Buffer.from('object={}');
  const hook = { modcode: 'invoice', hook: 'event_invoice_line_change' };
  const read = (name: string): Promise<void> =>
    aside.run('readEvent', large, hook, 'application/x-www-form-urlencoded', body).then(note(name));
  const jobs = ['body 1', 'body 2', 'body 3', 'body 4'].map(read);
  jobs.push(...[1, 2].map((id) => aside.run('sort', large, event(id)).then(note(`sort ${id}`))));
  await Promise.all(jobs);
  expect(ended).toEqual(['body 1', 'sort 1', 'body 2', 'sort 2', 'body 3', 'body 4']);
});
