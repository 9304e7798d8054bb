import type { Command } from 'commander';
import { hookPath } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../../server/errors.ts';
import type { Services } from '../../server/services.ts';
import { idOf, removeEvents, replayEvents, type ChangeOptions } from './change-events.ts';
import { printJson, printTable, showTime } from './print.ts';
import { readEvent, readNumber, toFilter, withFilter, type EventReference, type FilterOptions } from './read-filter.ts';

interface ListOptions extends FilterOptions {
  readonly limit: number;
  readonly before?: EventReference;
  readonly json?: boolean;
}

const collect = (text: string, events: EventReference[] = []): EventReference[] => [...events, readEvent(text)];

export function addEventsCommands(program: Command, services: () => Promise<Services>): void {
  const events = program.command('events').description('list events, replay them, remove them');

  withFilter(events.command('list').description('the newest first'))
    .option('--limit <n>', 'at most', readNumber, 50)
    .option('--before <id>', 'older than this event', readEvent)
    .option('--json', 'for machines')
    .action(async (options: ListOptions) => list(await services(), options));

  events
    .command('show')
    .argument('<id>', 'such as evt_12', readEvent)
    .description('everything that is stored of one event')
    .option('--json', 'for machines (the same)')
    .action(async (wanted: EventReference) => show(await services(), wanted));

  withFilter(
    events
      .command('replay')
      .argument('[ids...]', 'these events', collect)
      .description('handle them again, in their lanes, without the duplicate check; rejected ones are read again'),
  )
    .option('--dry-run', 'only count')
    .option('--json', 'for machines')
    .action(async (ids: EventReference[] | undefined, options: ChangeOptions) =>
      replayEvents(await services(), ids ?? [], options),
    );

  withFilter(
    events
      .command('remove')
      .argument('[ids...]', 'these events', collect)
      .description('for good; events under way stay'),
  )
    .option('--dry-run', 'only count')
    .option('--json', 'for machines')
    .action(async (ids: EventReference[] | undefined, options: ChangeOptions) =>
      removeEvents(await services(), ids ?? [], options),
    );
}

async function list(services: Services, { limit, before, json, ...filter }: ListOptions): Promise<void> {
  const { operator, nameOf } = services.store;
  const found = await operator.listEvents(toFilter([], filter), {
    limit,
    ...(before !== undefined && { before: await idOf(services, before) }),
  });
  const named = await Promise.all(found.map(async (event) => ({ ...event, id: await nameOf(event.id) })));
  if (json === true) {
    printJson(named.map((event) => ({ ...event, receivedAt: showTime(event.receivedAt) })));
    return;
  }
  const rows = named.map((event) => ({
    id: event.id,
    received: showTime(event.receivedAt),
    tenant: event.tenantId,
    hook: hookPath(event),
    object: event.objectId,
    state: event.state,
    attempt: event.attempt,
    fault: event.fault ?? '',
  }));
  printTable(rows, 'No such events.');
}

async function show(services: Services, wanted: EventReference): Promise<void> {
  const { operator, nameOf } = services.store;
  const event = await operator.findEvent(await idOf(services, wanted));
  if (event === undefined) throw new Refusal('not-found', `There is no event ${wanted.name ?? `evt_${wanted.id}`}.`);
  const forwards = event.forwards.map((forward) => ({ ...forward, dueAt: showTime(forward.dueAt) }));
  printJson({ ...event, id: await nameOf(event.id), receivedAt: showTime(event.receivedAt), forwards });
}
