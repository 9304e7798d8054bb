import type { Change, ObjectChange, PageContext } from '../../src/interfaces/define-page.ts';

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
export function fakeHistory(changes: readonly ObjectChange[] | readonly Change[]) {
  const asked: unknown[] = [];
  const from = (before: number | undefined, limit: number): ObjectChange[] =>
    changes
      .filter(({ eventId }) => before === undefined || eventId < before)
      .slice(0, limit)
      .map((each) => ({ object: { object: '{"id":50101}' }, previous: undefined, forwards: [], ...each }));
  const answer = (filter: unknown, page: { limit: number; before?: number | undefined }): Promise<ObjectChange[]> => {
    asked.push(filter);
    return Promise.resolve(from(page.before, page.limit));
  };
  const list = async (filter: unknown, page: { limit: number; before?: number | undefined }) => {
    const listed = await answer(filter, page);
    const last = listed.at(-1)?.eventId;
    return { changes: listed, next: last !== undefined && from(last, 1).length > 0 ? last : undefined };
  };
  const history: PageContext['history'] = {
    listChanges: list,
    exportChanges: list,
    listObjectChanges: list,
    countChanges: (filter) => {
      asked.push(filter);
      return Promise.resolve({ days: [{ day: '2025-04-01', ...line, changes: changes.length }], complete: true });
    },
    findObject: () => {
      const [newest] = from(undefined, 1);
      if (newest === undefined) return Promise.resolve(undefined);
      const { title, object } = newest;
      return Promise.resolve({ changes: changes.length, firstAt: now, changedAt: now, latest: object, title });
    },
    lastEventAt: () => Promise.resolve(now),
  };
  return { history, asked };
}
