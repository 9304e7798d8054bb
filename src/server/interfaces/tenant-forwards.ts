import { Refusal } from '../errors.ts';
import type { Forward, PauseReason } from '../store/ports/forwards.ts';
import type { Forwards } from '../forwards/forwards.ts';
import type { Secret } from '../../microbizz/domain/secret.ts';

/** A forward as pages may see it: its secrets are not read. */
export type TenantForward = Omit<Forward, 'secrets'> & {
  /** Until when (milliseconds since 1970) an old secret still signs beside the newest; undefined when there is no old one. */
  readonly oldSecretUntil: number | undefined;
};

export type TenantForwards = ReturnType<typeof bindForwards>;

/** A tenant's own forwards. Another tenant's is "not found", as one that does not exist: nothing of it is shown. */
export function bindForwards(forwards: Forwards, tenantId: number, now: () => number) {
  async function own(id: number): Promise<Forward> {
    const forward = await forwards.find(id);
    if (forward?.tenantId !== tenantId) throw new Refusal('not-found', `There is no forward ${id}.`);
    return forward;
  }
  const show = ({ secrets, ...forward }: Forward): TenantForward => {
    const ends = secrets.flatMap(({ until }) => (until !== undefined && until > now() ? [until] : []));
    return { ...forward, oldSecretUntil: ends.length === 0 ? undefined : Math.max(...ends) };
  };
  return {
    /** `modcode/hook` of every event that can be forwarded. */
    hooks: forwards.hooks,
    list: async (): Promise<TenantForward[]> => (await forwards.list(tenantId)).map(show),
    find: async (id: number): Promise<TenantForward> => show(await own(id)),
    /** With its secret, which is never shown again. Throws a Refusal whose message says why a URL cannot be a destination. */
    async add(wanted: {
      url: string;
      hooks?: readonly string[];
    }): Promise<{ forward: TenantForward; secret: Secret | undefined }> {
      const forward = await forwards.add({ ...wanted, tenantId });
      return { forward: show(forward), secret: forward.secrets[0]?.secret };
    },
    pause: async (id: number, reason?: PauseReason) => forwards.pause((await own(id)).id, reason),
    resume: async (id: number) => forwards.resume((await own(id)).id),
    remove: async (id: number) => forwards.remove((await own(id)).id),
    /** A new secret; the old one signs beside it for another day. */
    rotate: async (id: number): Promise<Secret> => forwards.rotate((await own(id)).id),
    test: async (id: number) => forwards.test((await own(id)).id),
    /** `event`: how the destination saw the event named, as webhook-id. */
    async attempts(id: number, limit: number) {
      const attempts = await forwards.attempts((await own(id)).id, limit);
      return Promise.all(
        attempts.map(async (attempt) => ({ ...attempt, event: await forwards.nameOf(attempt.eventId) })),
      );
    },
    /** Sends an event once more to this forward. */
    replay: async (id: number, eventId: number) => forwards.replay((await own(id)).id, eventId),
  };
}
