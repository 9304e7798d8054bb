import type { FastifyReply } from 'fastify';
import { Refusal } from '../errors.ts';

/** Of one tenant at a time: each reads the history from one end to the other. */
const most = 2;
/** Milliseconds in which no byte was read, after which nobody is waiting for it. */
const patience = 5 * 60_000;

/** Counts a download until it has ended, and throws `too-many-downloads` when two of the tenant are under way. */
export type LimitDownloads = (tenantId: number, reply: FastifyReply) => void;

export function buildDownloadLimit(): LimitDownloads {
  const underWay = new Map<number, number>();
  return (tenantId, { raw }) => {
    const count = underWay.get(tenantId) ?? 0;
    if (count >= most) throw new Refusal('too-many-downloads', 'Two downloads are already under way.');
    underWay.set(tenantId, count + 1);
    raw.setTimeout(patience, () => {
      raw.destroy();
    });
    raw.once('close', () => {
      const left = (underWay.get(tenantId) ?? 1) - 1;
      if (left === 0) underWay.delete(tenantId);
      else underWay.set(tenantId, left);
    });
  };
}
