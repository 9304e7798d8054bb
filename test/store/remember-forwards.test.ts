import { expect, test } from 'vitest';
import type { ForwardStore } from '../../src/server/store/ports/forwards.ts';
import { rememberForwards } from '../../src/server/store/remember-forwards.ts';

test('a forward is asked for once per second, and anew after this process has changed any', async () => {
  let time = 0;
  let asked = 0;
  const store = {
    find: () => Promise.resolve({ asked: (asked += 1) }),
    pause: () => Promise.resolve(true),
    noteFailure: () => Promise.reject(new Error('no')),
  } as unknown as ForwardStore;
  const { store: forwards, findToSend } = rememberForwards(store, () => time);
  const find = async (): Promise<unknown> => findToSend(1);

  expect([await find(), await find()]).toEqual([{ asked: 1 }, { asked: 1 }]);
  time = 1000;
  expect(await find()).toEqual({ asked: 2 });
  await forwards.pause(1, 'operator');
  expect(await find()).toEqual({ asked: 3 });
  await expect(forwards.noteFailure(1, 0, 3, 'failing')).rejects.toThrow('no');
  expect(await find()).toEqual({ asked: 4 });
});
