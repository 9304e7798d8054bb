import type { Command } from 'commander';
import { hookPath } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../../server/errors.ts';
import type { EventFilter } from '../../server/store/ports/operator.ts';
import type { Services } from '../../server/services.ts';
import { printJson, printLine, printTable, showTime } from './print.ts';
import { readEvent, readNumber, toFilter, withFilter, type EventReference, type FilterOptions } from './read-filter.ts';

interface ListOptions extends FilterOptions {
  readonly limit: number;
  readonly before?: EventReference;
  readonly json?: boolean;
}
interface ChangeOptions extends FilterOptions {
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

const collect = (text: string, events: EventReference[] = []): EventReference[] => [...events, readEvent(text)];

export function addEventsCommands(program: Command, services: () => Services): void {
  const events = program.command('events').description('look at events, replay them, remove them');
  const operator = (): Services['store']['operator'] => services().store.operator;
  const nameOf = (id: number): string => services().store.nameOf(id);

  /** A whole name means that event and no other, such as one of before a restore. */
  function idOf({ id, name }: EventReference): number {
    if (name !== undefined && name !== nameOf(id)) throw new Refusal('not-found', `There is no event ${name}.`);
    return id;
  }

  withFilter(events.command('list').description('the newest first'))
    .option('--limit <n>', 'at most', readNumber, 50)
    .option('--before <id>', 'older than this event', readEvent)
    .option('--json', 'for machines')
    .action(async ({ limit, before, json, ...filter }: ListOptions) => {
      const found = await operator().listEvents(toFilter([], filter), {
        limit,
        ...(before !== undefined && { before: idOf(before) }),
      });
      if (json === true) {
        printJson(found.map((event) => ({ ...event, id: nameOf(event.id), receivedAt: showTime(event.receivedAt) })));
        return;
      }
      const rows = found.map((event) => ({
        id: nameOf(event.id),
        received: showTime(event.receivedAt),
        tenant: event.tenantId,
        hook: hookPath(event),
        object: event.objectId,
        state: event.state,
        attempt: event.attempt,
        fault: event.fault ?? '',
      }));
      printTable(rows, 'No such events.');
    });

  events
    .command('show')
    .argument('<id>', 'such as evt_12', readEvent)
    .description('everything that is kept of one event')
    .option('--json', 'for machines (the same)')
    .action(async (wanted: EventReference) => {
      const event = await operator().findEvent(idOf(wanted));
      if (event === undefined)
        throw new Refusal('not-found', `There is no event ${wanted.name ?? `evt_${wanted.id}`}.`);
      const forwards = event.forwards.map((forward) => ({ ...forward, dueAt: showTime(forward.dueAt) }));
      printJson({ ...event, id: nameOf(event.id), receivedAt: showTime(event.receivedAt), forwards });
    });

  withFilter(
    events
      .command('replay')
      .argument('[ids...]', 'these events', collect)
      .description('handle them again, in their lanes, without the duplicate check; rejected ones are read again'),
  )
    .option('--dry-run', 'only count')
    .option('--json', 'for machines')
    .action(async (ids: EventReference[] | undefined, options: ChangeOptions) => {
      const { forward } = options;
      if (forward !== undefined && (await services().forwards.find(forward)) === undefined) {
        throw new Refusal('not-found', `There is no forward ${forward}.`);
      }
      const again: Walk = async (filter, from) => {
        const { next, done, skipped } = await operator().replay(filter, from);
        return { next, counts: { replayed: done, skipped } };
      };
      const reread: Walk = async (filter, from) => {
        const { next, read, unread } = await services().rereadRejected(filter, from);
        return { next, counts: { read, unread } };
      };
      // What is read comes last: it is an event behind all others, which the first walk would replay.
      await change(
        ids,
        options,
        { replayed: 0, read: 0, unread: 0, skipped: 0 },
        forward === undefined ? [again, reread] : [again],
      );
    });

  withFilter(
    events
      .command('remove')
      .argument('[ids...]', 'these events', collect)
      .description('for good; what is under way stays'),
  )
    .option('--dry-run', 'only count')
    .option('--json', 'for machines')
    .action((ids: EventReference[] | undefined, options: ChangeOptions) =>
      change(ids, options, { removed: 0, skipped: 0 }, [
        async (filter, from) => {
          const { next, done, skipped } = await operator().remove(filter, from);
          return { next, counts: { removed: done, skipped } };
        },
      ]),
    );

  /** Walks through the selection, and says what became of it. */
  async function change(
    named: EventReference[] = [],
    { dryRun, json, ...options }: ChangeOptions,
    none: Counts,
    walks: readonly Walk[],
  ): Promise<void> {
    const filter = toFilter(named.map(idOf), options);
    if (Object.keys(filter).every((name) => name === 'forwardId'))
      throw new Refusal('bad-request', 'Name the events, or select them with an option such as --state dead.');
    const selected = await operator().countEvents(filter);
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
}

function namesOf(counts: Counts): (keyof Counts)[] {
  return Object.keys(counts) as (keyof Counts)[];
}

function say(selected: number, total: Counts): string {
  const [first = 'replayed', ...others] = namesOf(total);
  const said = others.filter((name) => total[name] !== 0).map((name) => `, ${total[name] ?? 0} ${outcomes[name]}`);
  return `${total[first] ?? 0} of ${selected} selected events ${outcomes[first]}${said.join('')}.`;
}
