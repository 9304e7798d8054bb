import { callCommand } from '../api/call-command.ts';
import { mainVariable } from '../domain/catalogue.ts';
import { eventName, type Fields } from '../domain/event.ts';
import { hookPath, type HookName } from '../domain/hook.ts';
import { readObject } from '../domain/read-object.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Claimed } from '../inbox/inbox-store.ts';
import type { Outcome } from '../inbox/attempt.ts';
import type { EventHook, HandlerApi, HandlerLog } from './define-event.ts';

/** Milliseconds for one command of a handler; large queries take Microbizz long (seed 000). */
const commandTime = 25_000;

/** Calls the app's handler for one claimed event, with all that define-event.ts promises it. */
export function buildRunHandler(
  hooks: readonly EventHook[],
  findTenant: (id: number) => Promise<Tenant | undefined>,
  log: { child(fields: object): HandlerLog },
): (claimed: Claimed, signal: AbortSignal) => Promise<Outcome> {
  const handlers = new Map(hooks.map((hook) => [hookPath(hook), hook]));

  return async ({ event, attempt, previous }, signal) => {
    const hook = handlers.get(hookPath(event));
    // The hook may have gone from the app after the event was put into its lane.
    if (hook?.handle === undefined) return { kind: 'handled' };
    const tenant = await findTenant(event.tenantId);
    if (tenant === undefined) return { kind: 'failed', fault: 'The tenant is not there any more.' };
    const { id, contract, host } = tenant;
    const { modcode, receivedAt, fields } = event;
    const told = {
      id: eventName(event.id),
      attempt,
      receivedAt,
      modcode,
      hook: hook.hook,
      object: readAs(hook, event, fields),
      previous: previous && readAs(hook, event, previous),
      fields,
    };
    const api = buildHandlerApi(tenant, signal);
    const childLog = log.child({ tenant: id, hook: hookPath(event), event: event.id, attempt });
    const answer = await hook.handle(told as Parameters<typeof hook.handle>[0], {
      tenant: { id, contract, host },
      api,
      log: childLog,
      signal,
    });
    const refused = hook.answer === 'after-handling' && answer?.status === false;
    return refused ? { kind: 'handled', refusal: answer.error } : { kind: 'handled' };
  };
}

function readAs(hook: EventHook, name: HookName, fields: Fields): unknown {
  const object = readObject(fields, mainVariable(name)) ?? {};
  return hook.object === undefined ? object : hook.object.parse(object);
}

function buildHandlerApi(tenant: Tenant, signal: AbortSignal): HandlerApi {
  return {
    async call(command, input = {}) {
      const options = { timeout: commandTime, signal, disableCallbacks: true };
      const called = await callCommand(tenant.credentials, command, input, options);
      if (called.kind !== 'done') throw new Error(`${command}: ${called.reason}`);
      return called.result;
    },
  };
}
