import { z } from 'zod';
import { defineEvent } from '../../../src/server/events/define-event.ts';

export const customerChange = defineEvent({
  modcode: 'customer',
  hook: 'event_customer_change',
  title: 'Ændringer i kunder',
  object: z.looseObject({ id: z.coerce.string(), name: z.string() }),
  async handle({ id, object }, { tenant, signal }) {
    const url = `https://crm.example/${tenant.contract}/customers/${object.id}`;
    const answer = await fetch(url, { method: 'PUT', headers: { 'idempotency-key': id }, body: object.name, signal });
    if (!answer.ok) throw new Error(`The CRM answered ${answer.status}`); // retried later
    return undefined;
  },
});
