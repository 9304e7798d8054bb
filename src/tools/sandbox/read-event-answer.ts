import { z } from 'zod';
import type { PostAnswer } from './post-form.ts';

/** `status` is a boolean in the text, and 1/0 in every answer that Microbizz's own API gives; `error` is left out by platform4php. */
const EventAnswer = z.object({
  status: z.union([z.literal([true, 1, '1']).transform(() => true), z.literal([false, 0, '0']).transform(() => false)]),
  error: z.string().nullish(),
});

/** Seed 003: "If this JSON structure isn't returned, the request is also considered to have failed." The HTTP status is not mentioned. */
export function readEventAnswer(answer: PostAnswer): { ok: boolean; error: string } {
  if (answer.error !== '') return { ok: false, error: answer.error };
  let json: unknown;
  try {
    json = JSON.parse(answer.body);
  } catch {
    const shown = answer.body === '' ? 'is empty' : 'is not JSON';
    return { ok: false, error: `The answer ${shown} (HTTP ${answer.status}); {"status": …, "error": …} is expected.` };
  }
  const parsed = EventAnswer.safeParse(json);
  if (!parsed.success)
    return { ok: false, error: 'The answer is JSON, but not {"status": true or false, "error": "…"}.' };
  if (parsed.data.status) return { ok: true, error: '' };
  return { ok: false, error: parsed.data.error ?? 'The app said that it failed, without a reason.' };
}
