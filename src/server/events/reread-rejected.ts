import { messageOf } from '../../microbizz/domain/message-of.ts';
import { unpack } from '../http/unpack.ts';
import type { EventFilter, OperatorStore, Reread, StoredRejection } from '../store/ports/operator.ts';
import type { EventServices } from './event-routes.ts';

export interface RereadServices extends Pick<EventServices, 'readEvent'> {
  readonly store: Pick<OperatorStore, 'listRejected' | 'settleRejected'>;
  /** MAX_EVENT_BYTES. */
  readonly maxEvent: number;
}

/** A step of a walk through rejected events. */
export interface RereadStep {
  /** Where the next step begins; undefined when the walk is over. */
  readonly next: number | undefined;
  readonly read: number;
  readonly unread: number;
}

/** Reads selected rejected events again, with the current reader: those that can be read become events like any that arrive. */
export function buildRereadRejected({ store, maxEvent, readEvent }: RereadServices) {
  async function reread({ id, modcode, hook, contentType, contentEncoding, body }: StoredRejection): Promise<Reread> {
    try {
      const unpacked = await unpack(contentEncoding ?? '', Buffer.from(body), maxEvent);
      const read = await readEvent({ modcode, hook }, contentType, unpacked);
      return 'refused' in read ? { id, fault: read.refused.message } : { id, fields: read.fields };
    } catch (error) {
      return { id, fault: messageOf(error) };
    }
  }

  return async (filter: EventFilter, { after }: { after: number }): Promise<RereadStep> => {
    const rejected = await store.listRejected(filter, { after });
    const outcomes: Reread[] = [];
    // For a body that was too large only its arrival was noted: there is nothing to read, and its reason stays true.
    for (const one of rejected) if (one.body.length > 0) outcomes.push(await reread(one));
    const read = await store.settleRejected(outcomes);
    return { next: rejected.at(-1)?.id, read, unread: rejected.length - read };
  };
}
