import type { Fields } from '../../src/microbizz/domain/event.ts';
import { compareEvents, readContent, writeContent } from '../../src/server/history/show-event.ts';
import type { Change, ComparedChange, PageContext } from '../../src/server/interfaces/define-page.ts';

/** A change with what the object was after and before it. */
type Told = Change & Partial<Pick<ComparedChange, 'forwards'>> & { object?: Fields; previous?: Fields | undefined };

export const line = { modcode: 'invoice', hook: 'event_invoice_line_change' };
export const use = { modcode: 'todo', hook: 'event_product_use_change' };
export const now = Date.parse('2025-04-01T08:42:00Z');

export function change(eventId: number, more: Partial<Change> = {}): Change {
  return {
    ...line,
    eventId,
    objectId: '50101',
    receivedAt: now,
    gap: false,
    userid: '12',
    usercode: 'JSØ',
    title: 'Montering af målerskab',
    fields: [{ path: 'count', kind: 'changed', from: 1, to: 2 }],
    more: 0,
    first: false,
    state: 'done',
    ...more,
  };
}

/** A history that holds these changes, newest first, and remembers what it was asked for. */
export function fakeHistory(changes: readonly Told[]) {
  const asked: unknown[] = [];
  const from = (before: number | undefined, limit: number): Required<Told>[] =>
    changes
      .filter(({ eventId }) => before === undefined || eventId < before)
      .slice(0, limit)
      .map(
        (each) =>
          ({ object: { object: '{"id":50101}' }, previous: undefined, forwards: [], ...each }) as Required<Told>,
      );
  const list =
    <Listed>(show: (told: Required<Told>) => Listed) =>
    (filter: unknown, page: { limit: number; before?: number | undefined }) => {
      asked.push(filter);
      const listed = from(page.before, page.limit);
      const last = listed.at(-1)?.eventId;
      const next = last !== undefined && from(last, 1).length > 0 ? last : undefined;
      return Promise.resolve({ changes: listed.map(show), next });
    };
  const history: PageContext['history'] = {
    listChanges: list((told) => told),
    exportChanges: list((told) => ({ ...told, object: writeContent(told, JSON.stringify(told.object)) })),
    listObjectChanges: list(({ object, previous, ...told }) => ({
      ...told,
      previousId: undefined,
      size: 0,
      difference: previous && compareEvents(told, JSON.stringify(previous), JSON.stringify(object)),
    })),
    countChanges: (filter) => {
      asked.push(filter);
      return Promise.resolve({ days: [{ day: '2025-04-01', ...line, changes: changes.length }], complete: true });
    },
    findObject: () => {
      const [newest] = from(undefined, 1);
      if (newest === undefined) return Promise.resolve(undefined);
      const { title, object, eventId } = newest;
      const latest = readContent(newest, JSON.stringify(object));
      return Promise.resolve({
        changes: changes.length,
        firstAt: now,
        changedAt: now,
        latestId: eventId,
        latest,
        title,
      });
    },
    countUndescribed: () => Promise.resolve({ count: 0, atMost: false }),
    lastEventAt: () => Promise.resolve(now),
  };
  return { history, asked };
}
