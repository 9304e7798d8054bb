import type { FastifyReply } from 'fastify';
import { languageOf } from '../http/language.ts';
import { textsOf } from './query-values.ts';
import { readValues, type Values } from './read-values.ts';
import type { buildSentForms } from './sent-forms.ts';
import { contextOf, linksOf, showPage, type Shown, type ShowServices } from './show-page.ts';

export interface ActServices extends ShowServices {
  /** Runs a form's action once, however often the form comes. */
  readonly once: ReturnType<typeof buildSentForms>;
}

/** The input of an action: the query of its address, the form, and the pass that it was sent with. */
export interface Sent {
  readonly query: Values;
  readonly typed: Values;
  readonly sealed: string;
}

/** Runs a form's action, and shows its result, or the form's faults. */
export async function act(services: ActServices, shown: Shown, { query, typed, sealed }: Sent): Promise<FastifyReply> {
  const { hook, place, reply, request } = shown;
  const action = hook.actions?.[place.name];
  if (action === undefined) throw new Error(`The hook has no action "${place.name}"`);
  const again = { name: action.page ?? '', query };
  const form = readValues(action.form, typed, languageOf(request));
  if ('faults' in form) return showPage(services, shown, again, { status: 422, faults: form.faults, typed });
  const done = await services.once([sealed, place.name, query, typed], () =>
    action.act({ ...contextOf(services, shown), query, form: form.data }),
  );
  if ('faults' in done) return showPage(services, shown, again, { status: 422, faults: done.faults, typed });
  if ('show' in done)
    return showPage(services, shown, { name: done.show, query: textsOf(done.query) }, { done: done.done });
  return reply
    .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    .redirect(linksOf(services, shown).url(done.go, done.query), 303);
}
