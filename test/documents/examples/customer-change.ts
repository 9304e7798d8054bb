import { z } from 'zod';
import { defineEvent } from '../../../src/server/events/define-event.ts';

export const customerChange = defineEvent({
  modcode: 'customer',
  hook: 'event_customer_change',
  title: 'Ændringer i kunder',
  // Only the fields that are used below: the complete event is stored regardless of this schema.
  object: z.looseObject({ id: z.coerce.string(), name: z.string().optional() }),
  async handle({ id, object, previous }, { tenant, log, signal }) {
    if (object.name === previous?.name) return undefined;
    const answer = await fetch(`https://crm.example/${tenant.contract}/customers/${object.id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'idempotency-key': id },
      body: JSON.stringify({ name: object.name }),
      signal,
    });
    if (!answer.ok) throw new Error(`The CRM answered ${answer.status}`); // retried later
    log.info({ customer: object.id }, 'customer renamed');
    return undefined;
  },
});
