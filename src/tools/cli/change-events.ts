import { Refusal } from '../../server/errors.ts';
import type { EventFilter } from '../../server/store/ports/operator.ts';
import type { Services } from '../../server/services.ts';
import { printJson, printLine } from './print.ts';
import { toFilter, type EventReference, type FilterOptions } from './read-filter.ts';

export interface ChangeOptions extends FilterOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** How many events a command changed in each way, with what it says of them; `done` comes first, and is always said. */
const outcomes = {
  replayed: 'replayed',
  removed: 'removed',
  read: 'read, under new names',
  unread: 'still cannot be read',
  skipped: 'left alone',
} as const;
type Counts = Partial<Record<keyof typeof outcomes, number>>;
/** A step of a walk through the selection: many short ones, so that the server goes on answering between them. */
type Walk = (filter: EventFilter, step: { after: number }) => Promise<{ next: number | undefined; counts: Counts }>;

export async function replayEvents(services: Services, ids: EventReference[], options: ChangeOptions): Promise<void> {
  const { forward } = options;
  if (forward !== undefined && (await services.forwards.find(forward)) === undefined)
    throw new Refusal('not-found', `There is no forward ${forward}.`);
  const again: Walk = async (filter, from) => {
    const { next, done, skipped } = await services.store.operator.replay(filter, from);
    return { next, counts: { replayed: done, skipped } };
  };
  const reread: Walk = async (filter, from) => {
    const { next, read, unread } = await services.rereadRejected(filter, from);
    return { next, counts: { read, unread } };
  };
  // A rejected one that is read comes last: it is an event behind all others, which the first walk would replay.
  const walks = forward === undefined ? [again, reread] : [again];
  await change(services, ids, options, { replayed: 0, read: 0, unread: 0, skipped: 0 }, walks);
}

export async function removeEvents(services: Services, ids: EventReference[], options: ChangeOptions): Promise<void> {
  const remove: Walk = async (filter, from) => {
    const { next, done, skipped } = await services.store.operator.remove(filter, from);
    return { next, counts: { removed: done, skipped } };
  };
  await change(services, ids, options, { removed: 0, skipped: 0 }, [remove]);
}

/** A whole name means that event and no other, such as one of before a restore. */
export async function idOf({ store }: Services, { id, name }: EventReference): Promise<number> {
  if (name !== undefined && name !== (await store.nameOf(id)))
    throw new Refusal('not-found', `There is no event ${name}.`);
  return id;
}

/** Walks through the selection, and says what became of it. */
async function change(
  services: Services,
  named: EventReference[],
  { dryRun, json, ...options }: ChangeOptions,
  none: Counts,
  walks: readonly Walk[],
): Promise<void> {
  const ids = await Promise.all(named.map((each) => idOf(services, each)));
  const filter = toFilter(ids, options);
  if (Object.keys(filter).every((name) => name === 'forwardId'))
    throw new Refusal('bad-request', 'Name the events, or select them with an option such as --state dead.');
  const selected = await services.store.operator.countEvents(filter);
  const total = { ...none };
  for (const walk of dryRun === true ? [] : walks)
    for (let after: number | undefined = 0; after !== undefined;) {
      const { next, counts } = await walk(filter, { after });
      for (const name of namesOf(counts)) total[name] = (total[name] ?? 0) + (counts[name] ?? 0);
      after = next;
    }
  if (json === true) printJson({ selected, ...total, dryRun: dryRun === true });
  else if (dryRun === true) printLine(`${selected} events are selected; nothing was changed.`);
  else printLine(say(selected, total));
}

function namesOf(counts: Counts): (keyof Counts)[] {
  return Object.keys(counts) as (keyof Counts)[];
}

function say(selected: number, total: Counts): string {
  const [first = 'replayed', ...others] = namesOf(total);
  const said = others.filter((name) => total[name] !== 0).map((name) => `, ${total[name] ?? 0} ${outcomes[name]}`);
  return `${total[first] ?? 0} of ${selected} selected events ${outcomes[first]}${said.join('')}.`;
}
