import { expect, test } from 'vitest';
import { makeFolder } from '../support/start-server.ts';
import { tryWorst } from '../support/worst-inputs.ts';

/** In short: `npm run worst` has them all, in full, and the figures are read there. */
test('the worst events are taken, described and shown, and none ends the server', async () => {
  const only = /nested|combining|decimal|bracket|page of an object, 20/;
  const all = await tryWorst(makeFolder(), 0.2, only);
  process.stdout.write(
    `worst inputs: ${all.map(({ input, hold = NaN }) => `${input}: ${hold.toFixed(0)} ms`).join(' · ')}\n`,
  );
  expect(all).toHaveLength(6);
  for (const { input, hold, statuses } of all)
    expect({ input, hold, statuses }).toMatchObject({ hold: expect.any(Number) as number, statuses: [200] });
});
