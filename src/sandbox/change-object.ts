import { nameUser, type MicrobizzObject } from './danish-data.ts';
import { tellMicrobizzTime } from './microbizz-time.ts';
import type { SandboxState } from './sandbox-state.ts';
import { sendEvent, type SendOptions, type Sent } from './send-event.ts';

export interface ChangeKind {
  readonly path: string;
  readonly title: string;
  readonly modcode: string;
  readonly hook: string;
  readonly find: (state: SandboxState) => MicrobizzObject[];
}

/** What can be changed in the sandbox, and the event that each change causes. The page at /changes is made from this list. */
export const changeKinds: readonly ChangeKind[] = [
  {
    path: 'invoice-line',
    title: 'Invoice lines',
    modcode: 'invoice',
    hook: 'event_invoice_line_change',
    find: (state) => state.invoiceLines,
  },
  {
    path: 'product-use',
    title: 'Product use',
    modcode: 'todo',
    hook: 'event_product_use_change',
    find: (state) => state.productUses,
  },
];

export type Changed = Sent & { readonly object: MicrobizzObject };

/** Changes the object, then sends the event with the whole object as JSON in the field `object`. */
export async function changeObject(
  state: SandboxState,
  path: string,
  id: number,
  changes?: Readonly<Record<string, unknown>>,
  options?: SendOptions,
): Promise<Changed> {
  const kind = changeKinds.find((each) => each.path === path);
  const object = kind?.find(state).find((each) => each.id === id);
  if (kind === undefined || object === undefined) throw new Error(`The sandbox has no ${path} with id ${id}.`);
  const { date, time } = tellMicrobizzTime(state.now());
  Object.assign(object, changes ?? thinkOfChange(state, object), { changedate: date, changetime: time });
  const sent = await sendEvent(state, kind.modcode, kind.hook, { object }, options);
  return { ...sent, object: { ...object } };
}

/** The next of three things that people do to a line: raise the count, then the price, then hand it to a colleague. */
function thinkOfChange(state: SandboxState, object: MicrobizzObject): Record<string, unknown> {
  const done = changesSoFar.get(object) ?? 0;
  changesSoFar.set(object, done + 1);
  if (done % 3 === 0) return { count: Number(object['count']) + 1 };
  if (done % 3 === 1) return { unitprice: Math.round(Number(object['unitprice']) * 105) / 100 };
  const at = state.users.findIndex((user) => user.id === object['userid']);
  const next = state.users[(at + 1) % state.users.length];
  return next === undefined ? {} : nameUser(next.id);
}

/** Kept beside the objects, since every field of theirs goes out in the event. */
const changesSoFar = new WeakMap<MicrobizzObject, number>();
