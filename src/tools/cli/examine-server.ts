import type { Config } from '../../server/config.ts';
import { mostMoved } from '../../server/inbox/clock-guard.ts';
import type { Services } from '../../server/services.ts';
import type { Finding } from './finding.ts';
import { showTime } from './print.ts';

/** Whether a server answers where the settings say that it listens, and whether its clock can be trusted. */
export async function* examineServer({ config, store, now }: Services): AsyncGenerator<Finding> {
  const at = `${isAll(config.HOST) ? 'localhost' : config.HOST}:${config.PORT}`;
  yield (await answers(at, config))
    ? { state: 'good', says: `The server answers at ${at}.` }
    : { state: 'note', says: `No server answers at ${at}.`, cure: 'Start it, or check HOST and PORT.' };
  const seen = await store.operator.lastSeen();
  if (seen !== undefined && now() - seen > mostMoved)
    yield {
      state: 'wrong',
      says: `It is ${showTime(now())}, and the server last noted ${showTime(seen)}: until an operator says which is right, nothing is removed because of its age.`,
      cure: 'If the clock is right: "retention confirm". If not, set it right.',
    };
}

function isAll(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

async function answers(at: string, { HOST }: Config): Promise<boolean> {
  try {
    const url = `http://${HOST.includes(':') && !isAll(HOST) ? at.replace(HOST, `[${HOST}]`) : at}/health/live`;
    return (await fetch(url, { signal: AbortSignal.timeout(500) })).ok;
  } catch {
    return false;
  }
}
