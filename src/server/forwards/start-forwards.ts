import type { Forwards } from './forwards.ts';
import type { SendOptions } from './send-forward.ts';

/** At the start of the process: completes an interrupted pause or resume. Answers the function that the worker runs for a forwarded event. */
export function startForwards(
  forwards: Pick<Forwards, 'settle' | 'buildSend'>,
  log: SendOptions['log'] & { error(fields: object, message: string): void },
): ReturnType<Forwards['buildSend']> {
  forwards.settle().catch((err: unknown) => {
    log.error({ err }, 'forwards: what a pause or resume began could not be ended');
  });
  return forwards.buildSend(log);
}
