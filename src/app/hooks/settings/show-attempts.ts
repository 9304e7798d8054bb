import { z } from 'zod';
import type { PageContext } from '../../../server/interfaces/define-page.ts';
import { texts } from '../../texts/texts.ts';
import { faultBeside } from '../fault-beside.ts';
import { formatsOf } from '../formats.ts';
import { describeForward } from './show-settings.ts';

const shown = 50;

export const ForwardQuery = z.object({ id: z.coerce.number().int().positive() });
export const AttemptsQuery = ForwardQuery.extend({ told: z.enum(['replayed']).optional().catch(undefined) });

/** The data of `views/app/attempts`: the last attempts to forward to one receiver. */
export async function showAttempts(context: PageContext<z.output<typeof AttemptsQuery>, unknown>): Promise<object> {
  const { query, forwards, language } = context;
  const t = texts[language];
  const formats = formatsOf(language);
  const [forward, attempts] = await Promise.all([forwards.find(query.id), forwards.attempts(query.id, shown)]);
  return {
    pageTitle: t.settings.attemptsTitle,
    told: query.told === undefined ? undefined : { text: t.settings[query.told], ok: true },
    forward: describeForward(forward, t, formats),
    attempts: attempts.map(({ eventId, event, at, attempt, status, ms, fault }) => ({
      eventId,
      event,
      when: formats.moment(at),
      attempt: formats.number(attempt),
      status: status === undefined ? t.settings.noAnswer : `${t.settings.status} ${status}`,
      ms: ms === undefined ? t.values.noValue : t.settings.milliseconds(formats.number(ms)),
      ok: fault === undefined,
      fault: faultBeside(status, fault),
    })),
  };
}

/** The data of `views/app/remove-forward`, which asks before anything is removed. */
export async function showRemoval(context: PageContext<z.output<typeof ForwardQuery>, unknown>): Promise<object> {
  const { query, forwards, language } = context;
  const t = texts[language];
  const forward = describeForward(await forwards.find(query.id), t, formatsOf(language));
  return { pageTitle: t.settings.removeTitle, forward };
}
