import { encodePhpJson } from './encode-php-json.ts';
import type { FormEncoding } from './faults.ts';
import { findHooks } from './live-hooks.ts';
import { postForm } from './post-form.ts';
import { readEventAnswer } from './read-event-answer.ts';
import type { Hook } from './read-connect-request.ts';
import { remember, type Connection, type Delivery, type SandboxState } from './sandbox-state.ts';
import { tellMicrobizzTime } from './microbizz-time.ts';

export interface SendOptions {
  /** Only to this connection's hooks, also when a later connect replaced them. */
  readonly connection?: Connection;
  /** Otherwise as the switch `eventsAs` says. */
  readonly as?: FormEncoding;
}

/** The outcome of one event. With several urls, the top level tells the first failure, or else the last success. */
export interface Sent {
  readonly status: number;
  readonly body: string;
  readonly ok: boolean;
  readonly error: string;
  readonly deliveries: readonly Delivery[];
}

/** POSTs an event to every url registered for it, one after the other. Texts go as they are, everything else as JSON in the field. */
export async function sendEvent(
  state: SandboxState,
  modcode: string,
  hook: string,
  variables: Readonly<Record<string, unknown>>,
  options: SendOptions = {},
): Promise<Sent> {
  const registered = (options.connection?.hooks ?? findHooks(state, modcode, hook)).filter(
    (each) => each.modcode === modcode && each.hook === hook,
  );
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables))
    fields[name] = typeof value === 'string' ? value : encodePhpJson(value);

  const deliveries: Delivery[] = [];
  for (const each of registered)
    deliveries.push(await deliver(state, each, fields, options.as ?? state.faults.eventsAs));
  const told = deliveries.find((delivery) => !delivery.ok) ?? deliveries.at(-1);
  const {
    status = 0,
    body = '',
    ok = false,
    error = `No connected app has registered ${modcode}/${hook}.`,
  } = told ?? {};
  return { status, body, ok, error, deliveries };
}

async function deliver(
  state: SandboxState,
  hook: Hook,
  fields: Record<string, string>,
  as: FormEncoding,
): Promise<Delivery> {
  const { date, time } = tellMicrobizzTime(state.now());
  const answer = await postForm(hook.url, fields, as, state.closing);
  const delivery = {
    at: `${date} ${time}`,
    ...hook,
    status: answer.status,
    body: answer.body,
    ...readEventAnswer(answer),
  };
  remember(state.deliveries, delivery, 50);
  return delivery;
}
