import { mainVariable } from '../../../microbizz/domain/catalogue.ts';
import { readFields } from '../../../microbizz/domain/event.ts';
import { readObject } from '../../../microbizz/domain/read-object.ts';
import { markWords } from '../../../server/store/mark-words.ts';
import { readWords } from '../../../server/store/read-words.ts';
import { columnsOf, wordsText, type Column } from './columns.ts';

/** A table of the target, and what of the source goes there. */
export interface Part {
  readonly table: string;
  /** What follows FROM. */
  readonly from: string;
  /** WHERE, without the place. */
  readonly where: string;
  /** Columns whose values are unique together, in the order of the source's own index where it has one. */
  readonly key: readonly string[];
  readonly columns: readonly Column[];
}

type Rest = Partial<Pick<Part, 'from' | 'where'>> & { readonly more?: readonly Column[] };

/** `names` as `name:kind`, where the kind is no number. The key is the first of them, as many as `keys` says. */
function part(table: string, keys: number, names: string, { more = [], ...rest }: Rest = {}): Part {
  const columns = columnsOf(names);
  return {
    table,
    from: table,
    where: 'true',
    ...rest,
    key: columns.slice(0, keys).map(({ name }) => name),
    columns: [...columns, ...more],
  };
}

const arrival =
  'modcode:text hook:text received_at fields:text content_type:text content_encoding:text body:bytes fault:text';
const handling = 'tenant_id lane:text object_id:text previous_id state:text attempt crashes fault:text';
const isOpen = "state IN ('ready', 'queued', 'held')";

/**
 * SQLite's index of words does not give them back, so they are read from the event again. One that could not be described is found by
 * its words from now on.
 */
const words: Column = {
  name: 'words',
  kind: 'words',
  of(row) {
    const text = (name: string): string => String(row[name]);
    const { fields = {} } = readFields(text('fields'));
    const object = readObject(fields, mainVariable({ modcode: text('modcode'), hook: text('hook') }));
    const found = readWords([text('object_id'), object ?? fields]);
    const named = { userid: text('userid'), usercode: text('usercode') };
    return wordsText(markWords(Number(row['event_id']), Number(row['scope_id']), found, named));
  },
};

/** Everything that is kept, in an order in which nothing refers to what is not there yet. */
export const parts: readonly Part[] = [
  part('tenants', 1, 'id host:text contract:text installation_id:text refused_at retention_days'),
  part(
    'installations',
    1,
    `id:text solution:text expires_at negotiated_at tenant_id endpoint:text contract:text accesstoken:bytes fault:text reconnects
     verified_at unreachable:flag revoked_at`,
  ),
  part(
    'invitations',
    1,
    'id:text created_at expires_at contract:text host:text reconnect:flag used_by:text taken_back_at',
  ),
  part('parked', 1, `id installation_id:text ${arrival}`),
  part(
    'forwards',
    1,
    'id tenant_id url:text hooks:list secrets:text paused:text failing_since last_failed_at failed_days',
  ),
  part('gap_runs', 3, 'tenant_id modcode:text hook:text since:text ended_at found fault:text'),
  part('epochs', 1, 'first_id mark:text'),
  part('events', 1, `id tenant_id gap_after ${arrival}`),
  part('unsorted', 2, 'tenant_id first_id last_id'),
  part('work', 2, `event_id forward_id ${handling} due_at pause lease:text alone`, {
    from: 'handlings',
    where: isOpen,
  }),
  part('outcomes', 2, `event_id forward_id ${handling}`, { from: 'handlings', where: `NOT ${isOpen}` }),
  part('objects', 4, 'tenant_id modcode:text hook:text object_id:text hash:bytes latest_id changes'),
  part('counters', 2, 'tenant_id name:text value'),
  part('attempts', 1, 'id forward_id event_id at attempt status ms fault:text'),
  part('scopes', 1, 'id tenant_id modcode:text hook:text setback'),
  part(
    'changes',
    1,
    `event_id scope_id object_id:text previous_id received_at day:text gap:flag userid:text usercode:text title:text summary:text`,
    {
      from: `(SELECT c.*, s.modcode, s.hook, e.fields FROM changes c JOIN scopes s ON s.id = c.scope_id
        LEFT JOIN events e ON e.id = c.event_id)`,
      more: [words],
    },
  ),
  part('day_counts', 2, 'scope_id day:text changes'),
  part('user_day_counts', 4, 'scope_id userid:text usercode:text day:text changes'),
  part('duplicates', 2, 'tenant_id event_id received_at'),
  part('describing', 1, 'after_id begun_id'),
  part('clock', 1, 'seen_at'),
];
