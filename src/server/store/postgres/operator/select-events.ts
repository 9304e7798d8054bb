import { appHandler } from '../../ports/inbox.ts';
import { headColumns } from '../event-row.ts';
import type { EventFilter, EventState } from '../../ports/operator.ts';

/** Handled or not, as a column. A rejected POST is never sorted into a lane. */
const state = "CASE WHEN e.fields IS NULL THEN 'rejected' ELSE coalesce(h.state, 'unsorted') END";

const stateTerms: Readonly<Record<EventState, string>> = {
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
  /** Of `$1` and those after it. */
  readonly values: readonly unknown[];
  /** The next one's. */
  readonly next: number;
}

export function selectEvents(filter: EventFilter): Selection {
  const terms: string[] = ['true'];
  const values: unknown[] = [filter.forwardId ?? appHandler];
  const add = (value: unknown, term: (placeholder: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    terms.push(term(`$${values.length}`));
  };
  add(filter.tenantId, (given) => `e.tenant_id = ${given}::bigint`);
  add(filter.modcode, (given) => `e.modcode = ${given}`);
  add(filter.hook, (given) => `e.hook = ${given}`);
  add(filter.since, (given) => `e.received_at >= ${given}`);
  add(filter.until, (given) => `e.received_at < ${given}`);
  add(filter.ids, (given) => `e.id = ANY (${given}::bigint[])`);
  if (filter.state !== undefined) terms.push(stateTerms[filter.state]);
  return {
    columns: `${headColumns}, coalesce(h.object_id, '') AS object_id, ${state} AS state,
      coalesce(h.attempt, 0) AS attempt, coalesce(h.fault, e.fault) AS fault`,
    from: `FROM events e LEFT JOIN handlings h ON h.tenant_id = e.tenant_id AND h.event_id = e.id AND h.forward_id = $1::bigint
      WHERE ${terms.join(' AND ')}`,
    values,
    next: values.length + 1,
  };
}
