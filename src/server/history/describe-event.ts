import { mainVariable } from '../../microbizz/domain/catalogue.ts';
import { parseFields } from '../../microbizz/domain/event.ts';
import { danishDay } from '../../microbizz/domain/danish-day.ts';
import { readId, readObject } from '../../microbizz/domain/read-object.ts';
import { describeChange, titleOf } from './describe-change.ts';
import type { Described, Repeated, Undescribed } from '../store/ports/descriptions.ts';
import { readWords } from '../store/read-words.ts';

/** All that the pages show of an event. Reads loosely: nothing in an event can make it throw. */
export function describeEvent(event: Undescribed): Described | Repeated {
  return describe(event, event.fields, event.previous);
}

/** The same without the event before it: of one that ended a process, or could not be compared in time. */
export function describeAlone(event: Undescribed): Described | Repeated {
  return withoutComparison(describe(event, event.fields, undefined));
}

/** The description of an event without reading its content. */
export function describeUnread(event: Undescribed): Described | Repeated {
  return withoutComparison(describe(event, '{}', undefined));
}

function withoutComparison(described: Described | Repeated): Described | Repeated {
  if (described.kind !== 'change' || described.summary.first) return described;
  return { ...described, summary: { fields: [], more: 0, uncounted: true, first: false } };
}

function describe(event: Undescribed, now: string, then: string | undefined): Described | Repeated {
  const { id, tenantId, modcode, hook, receivedAt, gap, objectId, previousId } = event;
  if (event.duplicate) return { kind: 'duplicate', id, tenantId, receivedAt };
  const variable = mainVariable(event);
  const fields = parseFields(now);
  const object = readObject(fields, variable);
  const before = then === undefined ? undefined : readObject(parseFields(then), variable);
  const userid = readId(object, 'userid');
  return {
    kind: 'change',
    id,
    tenantId,
    modcode,
    hook,
    receivedAt,
    gap,
    objectId,
    previousId,
    day: danishDay(receivedAt),
    // 0 is nobody, like an empty one.
    userid: userid === '0' ? '' : userid,
    usercode: readId(object, 'usercode'),
    title: titleOf(object),
    summary: describeChange(before, object, objectId !== '' && previousId === undefined),
    words: readWords([objectId, object ?? fields]),
  };
}
