import { expect, test } from 'vitest';
import { addForward } from '../../src/app/hooks/settings/change-settings.ts';
import { Refusal } from '../../src/server/errors.ts';

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
