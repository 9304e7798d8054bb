import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addForward } from '../../src/hooks/settings/change-settings.ts';
import { Refusal } from '../../src/errors.ts';
import { texts } from '../../src/hooks/texts/texts.ts';

const read = (path: string): string => readFileSync(new URL(`../../src/${path}`, import.meta.url), 'utf8');

test('each reason for a pause that a catalogue translates is one that is stored', () => {
  const stored = ['forwards', 'send-forward', 'settle-forward'].map((name) => read(`forwards/${name}.ts`)).join('\n');
  const all = stored + read('hooks/settings/change-settings.ts');
  for (const reason of Object.keys(texts.da.settings.pauseReasons)) expect(all).toContain(`'${reason}'`);
});

test('why an address cannot be used is said in the reader’s language', async () => {
  const refusing = (kind: string) => ({
    hooks: [],
    add: () => Promise.reject(new Refusal('bad-request', 'The URL cannot be a destination: so.', { kind })),
  });
  const add = (language: 'da' | 'en', kind: string) =>
    addForward({ form: { url: 'x' }, forwards: refusing(kind), language } as unknown as Parameters<
      typeof addForward
    >[0]);
  expect(await add('da', 'not-https')).toEqual({
    faults: { url: 'Adressen kan ikke bruges: den begynder ikke med https://.' },
  });
  expect(await add('en', 'private')).toMatchObject({
    faults: { url: expect.stringMatching(/: it is not on the public/) as string },
  });
  expect(await add('da', 'something-new')).toMatchObject({
    faults: { url: expect.stringMatching(/destination: so\.$/) as string },
  });
});
