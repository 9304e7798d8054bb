import type { MicrobizzObject } from './microbizz-object.ts';
import { nameUser } from './data/users.ts';
import { tellMicrobizzTime } from './microbizz-time.ts';
import { eventVariables, kindOf, type KindName } from './object-kinds.ts';
import type { SandboxState } from './sandbox-state.ts';
import { sendEvent, type SendOptions, type Sent } from './send-event.ts';

export type Changed = Sent & { readonly object: MicrobizzObject };

/** Changes the object, then sends the event with the whole object as JSON in the field `object`. */
export async function changeObject(
  state: SandboxState,
  name: KindName,
  id: number,
  changes?: Readonly<Record<string, unknown>>,
  options?: SendOptions,
): Promise<Changed> {
  const kind = kindOf(name);
  const object = kind.find(state).find((each) => each.id === id);
  if (kind.event === undefined || object === undefined) throw new Error(`The sandbox has no ${name} with id ${id}.`);
  const previous = structuredClone(object);
  Object.assign(object, changes ?? thinkOfChange(state, object), changedNow(state));
  const variables = eventVariables(kind, object, previous);
  const sent = await sendEvent(state, kind.event.modcode, kind.event.hook, variables, options);
  return { ...sent, object: { ...object } };
}

/** To the second, as Microbizz tells it: two changes within one look the same. */
export function changedNow(state: SandboxState): { changedate: string; changetime: string } {
  const { date, time } = tellMicrobizzTime(state.now());
  return { changedate: date, changetime: time };
}

/** The next of three things that people do to a line: raise the count, then the price, then hand it to a colleague. */
function thinkOfChange(state: SandboxState, object: MicrobizzObject): Record<string, unknown> {
  const done = changesSoFar.get(object) ?? 0;
  changesSoFar.set(object, done + 1);
  if ('customernumber' in object) return { secondary_text: `Ring først (${done + 1})` };
  if ('priority' in object) return { priority: (Number(object['priority']) % 5) + 1 };
  if (done % 3 === 0) return { count: Number(object['count']) + 1 };
  if (done % 3 === 1) return { unitprice: Math.round(Number(object['unitprice']) * 105) / 100 };
  const at = state.users.findIndex((user) => user.id === object['userid']);
  const next = state.users[(at + 1) % state.users.length];
  return next === undefined ? {} : nameUser(state.users, next.id);
}

/** Kept beside the objects, since every field of theirs goes out in the event. */
const changesSoFar = new WeakMap<MicrobizzObject, number>();
