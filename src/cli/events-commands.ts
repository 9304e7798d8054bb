import type { Command } from 'commander';
import { hookPath } from '../domain/hook.ts';
import { Refusal } from '../errors.ts';
import type { EventFilter, Step } from '../inbox/operator-store.ts';
import type { Services } from '../services.ts';
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
      .description('handle them again, in their lanes; no duplicate check'),
  )
    .option('--dry-run', 'only count')
    .option('--json', 'for machines')
    .action(async (ids: EventReference[] | undefined, options: ChangeOptions) => {
      const { forward } = options;
      if (forward !== undefined && (await services().forwards.find(forward)) === undefined) {
        throw new Refusal('not-found', `There is no forward ${forward}.`);
      }
      await change(ids, options, 'replayed', (filter, after) => operator().replay(filter, { after }));
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
      change(ids, options, 'removed', (filter, after) => operator().remove(filter, { after })),
    );

  /** Walks through the selection in short steps: the server goes on answering between them. */
  async function change(
    named: EventReference[] = [],
    { dryRun, json, ...options }: ChangeOptions,
    done: string,
    step: (filter: EventFilter, after: number) => Promise<Step>,
  ): Promise<void> {
    const filter = toFilter(named.map(idOf), options);
    if (Object.keys(filter).every((name) => name === 'forwardId'))
      throw new Refusal('bad-request', 'Name the events, or select them with an option such as --state dead.');
    const selected = await operator().countEvents(filter);
    const total = { selected, done: 0, skipped: 0 };
    let after: number | undefined = dryRun === true ? undefined : 0;
    while (after !== undefined) {
      const { next, done: count, skipped } = await step(filter, after);
      total.done += count;
      total.skipped += skipped;
      after = next;
    }
    if (json === true) printJson({ selected, [done]: total.done, skipped: total.skipped, dryRun: dryRun === true });
    else if (dryRun === true) printLine(`${selected} events are selected; nothing was changed.`);
    else
      printLine(
        `${total.done} of ${selected} selected events ${done}${total.skipped === 0 ? '' : `, ${total.skipped} left alone`}.`,
      );
  }
}
