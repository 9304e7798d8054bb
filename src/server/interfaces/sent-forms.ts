import { createHash } from 'node:crypto';
import type { Done } from './define-page.ts';
import { passLife } from './pass.ts';

/** Forms that are remembered. */
const most = 1000;

/**
 * Runs a form's action once, however often the same form with the same content comes. A second click comes while the first is under way,
 * and the browser shows the second answer: so it gets the result of the first. A page that answered a POST (a new secret) is
 * remembered for the life of its pass, because reloading that page sends the form again. Every page has passes of its own, so to do
 * the same again, a user sends the form of the page that answered.
 */
export function buildSentForms(now: () => number) {
  const sent = new Map<string, { readonly at: number; readonly done: Promise<Done> }>();

  function forgetOld(): void {
    for (const [form, { at }] of sent) {
      if (sent.size <= most && now() - at < passLife) return;
      sent.delete(form);
    }
  }
  /** @param form all that came: the pass, the address, the fields. */
  return async (form: unknown, act: () => Promise<Done>): Promise<Done> => {
    const name = createHash('sha256').update(JSON.stringify(form)).digest('base64url');
    const known = sent.get(name);
    if (known !== undefined) return known.done;
    forgetOld();
    const done = act();
    sent.set(name, { at: now(), done });
    const ended = await done.catch(() => undefined);
    if (ended === undefined || !('show' in ended)) sent.delete(name);
    return done;
  };
}
