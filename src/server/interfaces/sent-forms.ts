import { createHash } from 'node:crypto';
import type { Done } from './define-page.ts';
import { passLife } from './pass.ts';

/** Forms that are remembered. */
const most = 1000;

/**
 * Does what a form wants once, however often the same form with the same content comes. A second click comes while the first is under way,
 * and its answer is the one that the browser shows: it gets what the first came to. What was shown in answer to a POST (a new secret) is
 * remembered for the life of its pass, since reloading that page sends the form again. Every page has passes of its own, so whoever
 * wants the same again does it on the page that answered.
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
