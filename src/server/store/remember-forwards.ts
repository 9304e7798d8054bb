import type { ForwardStore } from './ports/forwards.ts';
import { rememberBriefly } from './remember-briefly.ts';

/**
 * A forward is looked up for each event that it gets: `findToSend` remembers it for a second. Changes that this process makes by the store that
 * it answers are known at once; those of another process, within that second.
 */
export function rememberForwards(
  store: ForwardStore,
  now: () => number,
): { store: ForwardStore; findToSend: ForwardStore['find'] } {
  let find = rememberBriefly(store.find, now);
  const changing =
    <Given extends unknown[], Answer>(act: (...given: Given) => Promise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      try {
        return await act(...given);
      } finally {
        find = rememberBriefly(store.find, now);
      }
    };
  return {
    findToSend: (id) => find(id),
    store: {
      ...store,
      pause: changing(store.pause),
      resume: changing(store.resume),
      removeSome: changing(store.removeSome),
      rotateSecret: changing(store.rotateSecret),
      noteFailure: changing(store.noteFailure),
    },
  };
}
