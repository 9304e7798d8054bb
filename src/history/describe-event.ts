import { mainVariable } from '../domain/catalogue.ts';
import { danishDay } from '../domain/danish-day.ts';
import { readId, readObject } from '../domain/read-object.ts';
import { describeChange, titleOf } from './describe-change.ts';
import type { Described, Repeated, Undescribed } from './describe-store.ts';
import { readWords } from './read-words.ts';

/** All that the pages show of an event. Reads loosely: nothing in an event can make it throw. */
export function describeEvent(event: Undescribed): Described | Repeated {
  const { fields, previous, duplicate, ...about } = event;
  if (duplicate) return { kind: 'duplicate', id: about.id, tenantId: about.tenantId, receivedAt: about.receivedAt };
  const variable = mainVariable(event);
  const object = readObject(fields, variable);
  const before = previous && readObject(previous, variable);
  const userid = readId(object, 'userid');
  return {
    kind: 'change',
    ...about,
    day: danishDay(about.receivedAt),
    // 0 is nobody, like an empty one.
    userid: userid === '0' ? '' : userid,
    usercode: readId(object, 'usercode'),
    title: titleOf(object),
    summary: describeChange(before, object, about.objectId !== '' && about.previousId === undefined),
    words: readWords([about.objectId, object ?? fields]),
  };
}
