import type { Apis } from '../../microbizz/api/api.ts';
import { ApiError } from '../../microbizz/api/api-error.ts';
import { mainVariable } from '../../microbizz/domain/catalogue.ts';
import type { Fields } from '../../microbizz/domain/event.ts';
import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import { readObject } from '../../microbizz/domain/read-object.ts';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import type { Claimed } from '../store/ports/inbox.ts';
import type { Outcome } from '../inbox/attempt.ts';
import type { EventHook, HandlerLog } from './define-event.ts';

/** Milliseconds until an event is tried again whose tenant has to be connected again first. */
const reconnectPause = 5 * 60_000;

/** Calls the app's handler for one claimed event, with all that define-event.ts promises it. */
export function buildRunHandler(
  hooks: readonly EventHook[],
  findTenant: (id: number) => Promise<Tenant | undefined>,
  apis: Pick<Apis, 'of'>,
  log: { child(fields: object): HandlerLog },
): (claimed: Claimed, signal: AbortSignal) => Promise<Outcome> {
  const handlers = new Map(hooks.map((hook) => [hookPath(hook), hook]));

  return async ({ event, name, attempt, previous }, signal) => {
    const hook = handlers.get(hookPath(event));
    // The hook may have gone from the app after the event was put into its lane.
    if (hook?.handle === undefined) return { kind: 'handled' };
    const tenant = await findTenant(event.tenantId);
    if (tenant === undefined) return { kind: 'failed', fault: 'The tenant is not there any more.' };
    const { id, contract, host } = tenant;
    const { modcode, receivedAt, fields } = event;
    const told = {
      id: name,
      attempt,
      receivedAt,
      modcode,
      hook: hook.hook,
      object: readAs(hook, event, fields),
      previous: previous && readAs(hook, event, previous),
      fields,
    };
    const api = apis.of(tenant, { signal, disableCallbacks: true });
    const childLog = log.child({ tenant: id, hook: hookPath(event), event: name, attempt });
    let answer: Awaited<ReturnType<typeof hook.handle>>;
    try {
      answer = await hook.handle(told as Parameters<typeof hook.handle>[0], {
        tenant: { id, contract, host },
        api,
        log: childLog,
        signal,
      });
    } catch (error) {
      // Reconnecting may take longer than all attempts together, and the event itself is good.
      if (error instanceof ApiError && error.kind === 'token')
        return { kind: 'postponed', fault: error.message, after: reconnectPause };
      throw error;
    }
    if (hook.answer === 'after-handling' && answer?.status === false) return { kind: 'handled', refusal: answer.error };
    return { kind: 'handled' };
  };
}

function readAs(hook: EventHook, name: HookName, fields: Fields): unknown {
  const object = readObject(fields, mainVariable(name)) ?? {};
  return hook.object === undefined ? object : hook.object.parse(object);
}
