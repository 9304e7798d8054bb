import fc from 'fast-check';
import type { EventFilter } from '../../../src/server/store/ports/operator.ts';
import { day, edi, invoice, todo } from './world.ts';

/** Which of what there is at that time: a number, taken modulo how many there are. */
const which = fc.nat(99);
/** Which of the two processes does it. */
const by = fc.nat(1);

const arrival = fc.record({
  tenant: fc.nat(1),
  hook: fc.constantFrom(invoice, invoice, edi, todo),
  /** 0: names no object. */
  object: fc.nat(2),
  value: fc.nat(2),
  userid: fc.constantFrom(5, 6),
  isRejected: fc.constantFrom(false, false, false, false, false, false, true),
  /** By so much it was received earlier than the clock says: times need not rise with the ids. */
  early: fc.constantFrom(0, 0, 0, 1000, day, 3 * day),
  /** So many ids ago Microbizz was asked for it; undefined: it told us. */
  gap: fc.option(fc.nat(4), { nil: undefined, freq: 5 }),
});

const filter: fc.Arbitrary<EventFilter & { tenant?: number; from?: number }> = fc.oneof(
  fc.record({
    state: fc.constantFrom('ready', 'queued', 'held', 'handled', 'duplicate', 'dead', 'rejected', 'unsorted'),
  }),
  fc.record({ tenant: fc.nat(1) }),
  fc.record({ from: fc.nat(20), state: fc.constantFrom('handled', 'dead', undefined) }, { requiredKeys: ['from'] }),
) as fc.Arbitrary<EventFilter & { tenant?: number; from?: number }>;

const kinds = ['handled', 'handled', 'handled', 'refused', 'retry', 'dead', 'held', 'postponed', 'returned'] as const;
const actions = {
  append: fc.record({ by, arrivals: fc.array(arrival, { minLength: 1, maxLength: 4 }) }),
  sort: fc.record({ by, limit: fc.integer({ min: 1, max: 6 }) }),
  describe: fc.record({ by, limit: fc.integer({ min: 1, max: 6 }) }),
  claim: fc.record({
    by,
    perTarget: fc.integer({ min: 1, max: 3 }),
    suspects: fc.constantFrom(0, 1, 9),
    alone: fc.boolean(),
  }),
  finish: fc.record({ by, which, kind: fc.constantFrom(...kinds), pause: fc.constantFrom(0, 1000, day) }),
  follow: fc.record({ by, which }),
  /** Notes once more, or with somebody else's lease, what has ended already. */
  stale: fc.record({ by, which, kind: fc.constantFrom(...kinds), pause: fc.constant(1) }),
  kill: fc.record({ by }),
  clock: fc.record({ ms: fc.constantFrom(1000, 5000, day, 2 * day, -1000, -day) }),
  replay: fc.record({ by, filter, forward: fc.option(which, { nil: undefined }) }),
  remove: fc.record({ by, filter }),
  retain: fc.record({ by, days: fc.nat(2), tenant: fc.option(fc.nat(1), { nil: undefined }) }),
  addForward: fc.record({ tenant: fc.nat(1), all: fc.boolean() }),
  pauseForward: fc.record({ by, which }),
  resumeForward: fc.record({ by, which }),
  settleForward: fc.record({ by, which }),
  removeForward: fc.record({ by, which }),
} as const;

type Actions = {
  [Kind in keyof typeof actions]: (typeof actions)[Kind] extends fc.Arbitrary<infer Given> ? Given : never;
};
export type Action = { [Kind in keyof Actions]: { readonly do: Kind } & Actions[Kind] }[keyof Actions];
export type Given<Kind extends Action['do']> = Extract<Action, { do: Kind }>;

/** The daily ones come often, the rare ones now and then. */
const weights: Readonly<Record<Action['do'], number>> = {
  ...{ append: 8, sort: 8, claim: 8, finish: 10, follow: 3, describe: 3, clock: 4, stale: 2, kill: 1 },
  ...{
    replay: 2,
    remove: 1,
    retain: 1,
    addForward: 2,
    pauseForward: 1,
    resumeForward: 1,
    settleForward: 2,
    removeForward: 1,
  },
};

export const history: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    ...Object.entries(actions).map(([kind, given]) => ({
      weight: weights[kind as Action['do']],
      arbitrary: (given as fc.Arbitrary<object>).map((each) => ({ do: kind, ...each }) as Action),
    })),
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);
