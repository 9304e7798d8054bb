import type { Api, CommandResult, Page } from '../../src/microbizz/api/api.ts';
import { defineEvent, type Handler } from '../../src/server/events/define-event.ts';
import { buildGaps, type Gaps } from '../../src/server/gaps/gaps.ts';
import { hook, openInbox, type InboxOptions, type TestInbox } from '../support/start-inbox.ts';

export interface Asked {
  readonly command: string;
  readonly since: object;
  readonly items: string;
}

export interface TestGaps extends TestInbox {
  readonly gaps: Gaps;
  readonly tenant: number;
  readonly asked: Asked[];
  /** What the handler was told, in order: id and count. */
  readonly told: (readonly [unknown, unknown])[];
  /** The content of the latest event of an object. */
  latest(id: number): Promise<unknown>;
}

export const gapHook = defineEvent({
  ...hook,
  title: 'Test',
  gaps: { command: 'GetInvoiceLinesByLastChange', items: 'invoicelines' },
});

export type Answer = (asked: Asked, signal: AbortSignal, tenantId: number) => AsyncIterable<Page<CommandResult>>;

/** The inbox and the gap filler, with a Microbizz that answers as the test says. */
export async function openGaps(
  answer: Answer,
  options: InboxOptions = {},
  times: { interval?: number; patience?: number } = {},
): Promise<TestGaps> {
  const told: (readonly [unknown, unknown])[] = [];
  const handle: Handler<Readonly<Record<string, unknown>>> = ({ object }) => {
    told.push([object['id'], object['count']]);
    return Promise.resolve(undefined);
  };
  const inbox = await openInbox({ handle, ...options });
  const { services } = inbox;
  const { store, gatherer, now } = services;
  const asked: Asked[] = [];
  const pagesOf =
    (tenantId: number) => (command: string, since: object, given: { items: string; signal: AbortSignal }) => {
      const one = { command, since, items: given.items };
      asked.push(one);
      return answer(one, given.signal, tenantId);
    };
  const gaps = buildGaps({
    store: store.gaps,
    hooks: [gapHook],
    listTenants: services.connections.listTenants,
    apiOf: ({ id }) => ({ pages: pagesOf(id) as unknown as Api['pages'] }),
    add: gatherer.add,
    now,
    interval: 3_600_000,
    ...times,
  });
  return {
    ...inbox,
    gaps,
    tenant: await inbox.addTenant('1042'),
    asked,
    told,
    async latest(id) {
      const fields = (await store.gaps.listLatest(1, hook, [String(id)])).get(String(id));
      return fields?.['object'] === undefined ? undefined : (JSON.parse(fields['object']) as unknown);
    },
  };
}

/** A page as it answers at one moment of its clock. */
export function pageOf(items: readonly object[], time = '12:00:00', date = '2026-11-22'): Page<CommandResult> {
  return { items: items as CommandResult[], date, time };
}

// eslint-disable-next-line @typescript-eslint/require-await -- what is asked over the network comes later; here it is there
export async function* answerWith(...pages: readonly Page<CommandResult>[]): AsyncGenerator<Page<CommandResult>> {
  yield* pages;
}
