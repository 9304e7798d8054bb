import { causeEvent } from '../cause-event.ts';
import { changedNow } from '../change-object.ts';
import type { MicrobizzObject } from '../microbizz-object.ts';
import type { JsonSet } from '../json-set.ts';
import { eventVariables, kindOf, type KindName } from '../object-kinds.ts';
import { objectTypes, readonlyFields, type FieldType } from '../object-types.ts';
import type { SandboxState } from '../sandbox-state.ts';
import type { Call } from './command.ts';

/** Creates the object or overwrites `existing`, causes the event of it, and answers it as stored. */
export function storeObject(
  call: Call,
  name: KindName,
  given: JsonSet,
  existing: MicrobizzObject | undefined,
): MicrobizzObject {
  const { state } = call;
  const kind = kindOf(name);
  const objects = kind.find(state);
  const previous = existing && structuredClone(existing);
  const object = existing ?? { ...emptyObject(name), id: nextId(objects), ...createdNow(state, name) };
  // "An omitted optional field keeps its value" says one page, "overwrites" another: hence the switch.
  if (existing !== undefined && state.faults.omitted === 'emptied') Object.assign(object, emptyObject(name, true));
  const fields = Object.entries(given).filter(([field]) => field !== 'id' && !readonlyFields.has(field));
  Object.assign(object, Object.fromEntries(fields), nameReferences(state, name, given), timesOf(call, name));
  if (existing === undefined) objects.push(object);
  if (kind.event !== undefined && !call.quiet)
    causeEvent(state, kind.event.modcode, kind.event.hook, eventVariables(kind, object, previous));
  return structuredClone(object);
}

/** Invoices and users have no time of change in any readable page. */
function timesOf({ state }: Call, name: KindName): JsonSet {
  return name === 'invoice' || name === 'user' ? {} : changedNow(state);
}

function createdNow(state: SandboxState, name: KindName): JsonSet {
  const { changedate, changetime } = changedNow(state);
  return name === 'customer' ? { createdate: changedate, createtime: changetime } : {};
}

export function nextId(objects: readonly MicrobizzObject[]): number {
  return objects.reduce((most, { id }) => Math.max(most, id), 0) + 1;
}

const emptyValues: Partial<Record<FieldType, unknown>> = { number: 0, float: 0, boolean: 0 };

function emptyObject(name: KindName, writableOnly = false): JsonSet {
  const { type } = kindOf(name);
  const fields = type === undefined ? [] : Object.entries(objectTypes[type]);
  return Object.fromEntries(
    fields
      .filter(([field]) => !writableOnly || (field !== 'id' && !readonlyFields.has(field)))
      .map(([field, word]) => [field, word.startsWith('collection') ? [] : (emptyValues[word] ?? '')]),
  );
}

/** The readonly texts beside the ids that were given. */
function nameReferences(state: SandboxState, name: KindName, given: JsonSet): JsonSet {
  const named: Record<string, unknown> = {};
  const user = state.users.find((each) => each.id === given['userid']);
  const customer = state.customers.find((each) => each.id === given['customerid']);
  const ours = state.users.find((each) => each.id === given['ourreference']);
  const type = state.customerTypes.find((each) => each.id === given['typeid']);
  const progress = state.todoStates.find((each) => each.id === given['stateid']);
  if (user !== undefined) named['usertext'] = user.name;
  if (user !== undefined && name === 'invoice-line') named['usercode'] = user.usercode;
  if (customer !== undefined) named['customertext'] = customer['name'];
  if (ours !== undefined) named['ourreferencetext'] = ours.name;
  if (type !== undefined) named['typetext'] = type['title'];
  if (progress !== undefined) named['statetext'] = progress['title'];
  return named;
}
