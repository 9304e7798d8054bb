import { expect, test } from 'vitest';
import { buildPageMemory, holeFor } from '../../src/server/interfaces/remember-pages.ts';
import { openPass } from '../../src/server/interfaces/pass.ts';
import { hookUrl, startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { visit } from './visit-page.ts';

/** Tells of a write when somebody looks, as a store does. */
function fakeChanges() {
  const listeners: (() => void)[] = [];
  let isNew = false;
  return {
    subscribe: (_kind: string, listener: () => void) => void listeners.push(listener),
    look() {
      if (isNew) for (const listener of listeners) listener();
      isNew = false;
      return Promise.resolve();
    },
    write() {
      isNew = true;
    },
  };
}

test('a page is rendered once for all readers, each gets what is their own, and after a change it is rendered anew', async () => {
  const changes = fakeChanges();
  let rendered = 0;
  const remember = buildPageMemory(changes);
  const ask = async (reader: string, key = 'page') =>
    (
      await remember(
        key,
        () => Promise.resolve(`<a>${holeFor('one')}</a> æ ${(rendered += 1)} ${holeFor('"two" –')}`),
        (name) => `${reader}:${name}`,
      )
    ).toString();
  expect(await ask('Åse')).toBe('<a>Åse:one</a> æ 1 Åse:"two" –');
  expect(await ask('Bo')).toBe('<a>Bo:one</a> æ 1 Bo:"two" –');
  expect(await ask('Bo', 'another')).toContain('æ 2');
  changes.write();
  expect(await ask('Bo')).toContain('æ 3');
});

test('what was rendered while something was written is shown, and not kept', async () => {
  const changes = fakeChanges();
  const remember = buildPageMemory(changes);
  const ask = async (text: string) =>
    (
      await remember(
        'page',
        () => {
          if (text === 'torn') changes.write();
          return Promise.resolve(text);
        },
        String,
      )
    ).toString();
  expect([await ask('torn'), await ask('whole'), await ask('never')]).toEqual(['torn', 'whole', 'whole']);
});

test('of a remembered page each user gets passes of their own, a nonce of their own, and what is new', async () => {
  const { sandbox, server, request } = await startStory();
  const url = hookUrl(request, 'user/menu');
  await sandbox.changeInvoiceLine(50101, { text: 'the first' });
  await until(async () => (await visit(`${url}?sessiontoken=${sandbox.openSession(11)}`)).text.includes('the first'));
  const pages = await Promise.all(
    [11, 12, 11].map((userid) => visit(`${url}?sessiontoken=${sandbox.openSession(userid)}`)),
  );
  const keyring = server.services.keyring;
  const installationId = request.negotiateurl.split('/').at(-1)?.slice(0, 22) ?? '';
  const place = { installationId, hook: { modcode: 'user', hook: 'menu' }, kind: 'page', name: '' } as const;
  const owners = pages.map(({ text }) => {
    const passes = [...text.matchAll(/user\/menu\?[^"]*pass=([\w-]+)"/g)].map(([, pass]) => pass);
    expect(passes.length).toBeGreaterThan(1);
    return [...new Set(passes.map((pass) => openPass(keyring, place, pass)?.userid))];
  });
  expect(owners).toEqual([['11'], ['12'], ['11']]);
  const nonces = pages.map(({ text, headers }) => {
    const nonce = /<style nonce="([^"]+)"/.exec(text)?.[1] ?? '';
    expect(headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`);
    return nonce;
  });
  expect(new Set(nonces).size).toBe(3);
  expect(pages.some(({ text }) => text.includes('hole'))).toBe(false);
  expect((await visit(`${url}?sessiontoken=${sandbox.openSession(11)}`, 'da')).text).toContain('<html lang="da"');
  await sandbox.changeInvoiceLine(50101, { text: 'the second' });
  await until(async () => (await visit(`${url}?sessiontoken=${sandbox.openSession(11)}`)).text.includes('the second'));
});
