import { openInbox, type InboxOptions, type TestInbox } from '../support/start-inbox.ts';
import { workerLimits } from '../../src/server/inbox/worker-state.ts';
import type { Forward } from '../../src/server/store/ports/forwards.ts';
import type { Handling } from '../../src/server/store/ports/inbox.ts';
import type { Receiver } from './start-receiver.ts';

export interface TestForwards extends TestInbox {
  readonly tenant: number;
  add(receiver: Receiver, wanted?: { hooks?: readonly string[]; secret?: string }): Promise<Forward>;
  /** How an event stands with a forward. */
  find(
    eventId: number,
    forwardId: number,
  ): Promise<(Omit<Handling, 'fault'> & { dueAt: number | undefined; fault: string | undefined }) | undefined>;
}

/** Retries that need no patience. */
export const quick = { ...workerLimits, look: 5, backOff: Array.from({ length: 20 }, () => 1) };

/** The inbox with a tenant, and receivers on this machine that its forwards may reach. */
export async function openForwards(receivers: readonly Receiver[], options: InboxOptions = {}): Promise<TestForwards> {
  const settings = { FORWARD_PRIVATE_HOSTS: receivers.map(({ host }) => host).join(','), ...options.settings };
  const inbox = await openInbox({ ...options, settings });
  const tenant = await inbox.addTenant('1042');
  const { forwards, store } = inbox.services;
  return {
    ...inbox,
    tenant,
    add: (receiver, wanted) => forwards.add({ tenantId: tenant, url: receiver.url, ...wanted }),
    async find(eventId, forwardId) {
      const event = await store.operator.findEvent(eventId);
      return event?.forwards.find((one) => one.forwardId === forwardId);
    },
  };
}
