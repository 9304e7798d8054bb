import { appHandler } from '../../ports/inbox.ts';
import { headColumns } from '../event-row.ts';
import type { EventFilter, EventState } from '../../ports/operator.ts';

/** Handled or not, as a column. A rejected POST is never sorted into a lane. */
const state = "CASE WHEN e.fields IS NULL THEN 'rejected' ELSE coalesce(h.state, 'unsorted') END";

/** A handling state is looked for in its partial index, so the state is written into the statement: the words are a closed list. */
const stateTerms: Record<EventState, string> = {
  rejected: 'e.fields IS NULL',
  unsorted: 'e.fields IS NOT NULL AND h.state IS NULL',
  ready: "h.state = 'ready'",
  queued: "h.state = 'queued'",
  held: "h.state = 'held'",
  handled: "h.state = 'handled'",
  duplicate: "h.state = 'duplicate'",
  dead: "h.state = 'dead'",
};

export interface Selection {
  readonly columns: string;
  /** FROM and WHERE. `e` is the event, `h` its handling for the target. */
  readonly from: string;
  readonly values: readonly (string | number)[];
}

export function selectEvents(filter: EventFilter): Selection {
  const terms: string[] = ['true'];
  const values: (string | number)[] = [filter.forwardId ?? appHandler];
  const add = (term: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    terms.push(term);
    values.push(value);
  };
  add('e.tenant_id = ?', filter.tenantId);
  add('e.modcode = ?', filter.modcode);
  add('e.hook = ?', filter.hook);
  add('e.received_at >= ?', filter.since);
  add('e.received_at < ?', filter.until);
  add('e.id IN (SELECT value FROM json_each(?))', filter.ids && JSON.stringify(filter.ids));
  if (filter.state !== undefined) terms.push(stateTerms[filter.state]);
  return {
    columns: `${headColumns}, coalesce(h.object_id, '') AS object_id, ${state} AS state,
      coalesce(h.attempt, 0) AS attempt, coalesce(h.fault, e.fault) AS fault`,
    from: `FROM events e LEFT JOIN handlings h ON h.event_id = e.id AND h.forward_id = ? WHERE ${terms.join(' AND ')}`,
    values,
  };
}
