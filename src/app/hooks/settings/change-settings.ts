import { z } from 'zod';
import { Refusal } from '../../../server/errors.ts';
import type { Done, PageContext } from '../../../server/interfaces/define-page.ts';
import { texts } from '../../texts/texts.ts';
import { faultBeside } from '../fault-beside.ts';
import type { Told } from './show-settings.ts';

/** A catalogue's entry for a word from outside, if there is one. */
function sayIn(known: Readonly<Record<string, string>>, word: string): string | undefined {
  return Object.hasOwn(known, word) ? known[word] : undefined;
}

type Context<Form> = PageContext<unknown, unknown> & { readonly form: Form };

/** A box for each hook, called `hook:modcode/hook`. */
export const AddForm = z.looseObject({ url: z.string().trim() });
export const ForwardForm = z.object({ id: z.coerce.number().int().positive() });
export const ReplayForm = ForwardForm.extend({ event: z.coerce.number().int().positive() });
export const RetentionForm = z.object({ days: z.string().trim() });

type ForwardContext = Context<z.output<typeof ForwardForm>>;

const back = (told: Told, found?: number): Done => ({ go: '', query: { told, found } });

/** The new secret is on the page that answers, and never again. */
export async function addForward({ form, forwards, language, log }: Context<z.output<typeof AddForm>>): Promise<Done> {
  const hooks = forwards.hooks.filter((path) => form[`hook:${path}`] !== undefined);
  try {
    const { forward, secret } = await forwards.add({ url: form.url, hooks });
    log.info({ forward: forward.id }, 'forward added by a user');
    return { show: '', done: { kind: 'added', url: forward.url, secret: secret?.reveal() } };
  } catch (error) {
    if (error instanceof Refusal && error.code === 'bad-request') {
      const { urlRefused, urlFaults } = texts[language].settings;
      return { faults: { url: `${urlRefused} ${sayIn(urlFaults, error.kind ?? '') ?? error.message}` } };
    }
    throw error;
  }
}

export async function rotateSecret({ form, forwards, log }: ForwardContext): Promise<Done> {
  const { url } = await forwards.find(form.id);
  const secret = await forwards.rotate(form.id);
  log.info({ forward: form.id }, 'secret of a forward renewed by a user');
  return { show: '', done: { kind: 'rotated', url, secret: secret.reveal() } };
}

/** Shown at once, not kept: the answer of somebody's own system is nothing for an address. */
export async function testForward({ form, forwards, language }: ForwardContext): Promise<Done> {
  const { url } = await forwards.find(form.id);
  const { status, ms, body, fault } = await forwards.test(form.id);
  const t = texts[language].settings;
  return {
    show: '',
    done: {
      kind: 'tested',
      url,
      ok: fault === undefined,
      status: status === undefined ? t.noAnswer : String(status),
      ms: t.milliseconds(String(Math.round(ms))),
      body: body ?? '',
      fault: faultBeside(status, fault),
    },
  };
}

export async function pauseForward({ form, forwards, log }: ForwardContext): Promise<Done> {
  await forwards.pause(form.id, 'page');
  log.info({ forward: form.id }, 'forward paused by a user');
  return back('pausedDone');
}

export async function resumeForward({ form, forwards, log }: ForwardContext): Promise<Done> {
  await forwards.resume(form.id);
  log.info({ forward: form.id }, 'forward resumed by a user');
  return back('resumedDone');
}

export async function removeForward({ form, forwards, log }: ForwardContext): Promise<Done> {
  await forwards.remove(form.id);
  log.info({ forward: form.id }, 'forward removed by a user');
  return back('removedDone');
}

export async function replayEvent({ form, forwards, log }: Context<z.output<typeof ReplayForm>>): Promise<Done> {
  await forwards.replay(form.id, form.event);
  log.info({ forward: form.id, event: form.event }, 'event sent again by a user');
  return { go: 'attempts', query: { id: form.id, told: 'replayed' satisfies Told } };
}

/** Nothing typed means as long as the server keeps them. */
export async function setRetention(context: Context<z.output<typeof RetentionForm>>): Promise<Done> {
  const { form, settings, language, log } = context;
  const { mostDays } = settings;
  const days = form.days === '' ? undefined : Number(form.days);
  if (days !== undefined && !(/^\d{1,6}$/.test(form.days) && days >= 1 && days <= mostDays))
    return { faults: { days: texts[language].settings.daysWrong(String(mostDays)) } };
  await settings.setRetention(days);
  log.info({ days: days ?? mostDays }, 'retention changed by a user');
  return back('saved');
}

export async function runGaps({ gaps }: Context<unknown>): Promise<Done> {
  const runs = await gaps.run();
  if (runs.some(({ fault }) => fault !== undefined)) return back('gapsFailed');
  return back(
    'gapsRan',
    runs.reduce((sum, { found }) => sum + (found ?? 0), 0),
  );
}
