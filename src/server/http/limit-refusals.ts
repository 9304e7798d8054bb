import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';

/** Counts one refusal against the sender, and throws `too-many` once there were 60 within a minute. */
export type LimitRefusals = (request: FastifyRequest) => Promise<void>;

/**
 * Only refusals are counted: a sender with good keys is never slowed down, not even by a forger who comes through the same proxy.
 */
export async function registerRefusalLimit(app: FastifyInstance): Promise<LimitRefusals> {
  await app.register(rateLimit, { global: false });
  const check = app.createRateLimit({ max: 60, timeWindow: '1 minute' });
  return async (request) => {
    const limit = await check(request);
    if (!limit.isAllowed && limit.isExceeded) {
      throw new Refusal(
        'too-many',
        `Too many refused requests from your address. Try again in ${limit.ttlInSeconds} seconds.`,
      );
    }
  };
}
