import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { Refusal } from '../errors.ts';
import { passLife, type Pass } from './pass.ts';

/** Sessions that are remembered. A forgotten one is checked again. */
const most = 10_000;

export interface SessionsOptions {
  /** Asks the tenant's Microbizz whose session this is; throws a Refusal unless it names a user. */
  readonly ask: (tenant: Tenant, sessiontoken: string) => Promise<string>;
  /** Milliseconds after which a session is asked for again. */
  readonly recheck: number;
  readonly now: () => number;
}

/** Whose session it is, and when Microbizz said so. */
export interface Checked {
  readonly userid: string;
  readonly checkedAt: number;
}

export type Sessions = ReturnType<typeof buildSessions>;

/** Who looks, as Microbizz says. Asked at the same time, one call answers all; a refusal ends every pass of the session at once. */
export function buildSessions({ ask, recheck, now }: SessionsOptions) {
  /** By session, Microbizz's last answer: `refused`, or the user. */
  const heard = new LRUCache<string, Checked | 'refused'>({ max: most });
  const asking = new Map<string, Promise<Checked>>();

  async function askNow(session: string, tenant: Tenant, sessiontoken: string): Promise<Checked> {
    // From before the question: a session that Microbizz ended in between is not called valid for longer.
    const checkedAt = now();
    try {
      const checked = { userid: await ask(tenant, sessiontoken), checkedAt };
      heard.set(session, checked);
      return checked;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'session-refused') heard.set(session, 'refused');
      throw error;
    } finally {
      asking.delete(session);
    }
  }

  function check(session: string, tenant: Tenant, sessiontoken: string): Promise<Checked> {
    const running = asking.get(session);
    if (running) return running;
    const asked = askNow(session, tenant, sessiontoken);
    asking.set(session, asked);
    return asked;
  }

  return {
    /** For a page that Microbizz opens: always asks. */
    open: (tenant: Tenant, sessiontoken: string): Promise<Checked> =>
      check(nameOf(tenant, sessiontoken), tenant, sessiontoken),

    /** For a pass: asks when the last answer, whichever page got it, is too old. Throws a Refusal for a session that has ended. */
    async confirm(tenant: Tenant, pass: Pass): Promise<Checked> {
      if (Math.abs(now() - pass.openedAt) >= passLife)
        throw new Refusal('session-ended', 'The page was opened more than 12 hours ago.');
      const session = nameOf(tenant, pass.sessiontoken);
      const known = heard.get(session);
      if (known === 'refused') throw ended();
      const last = known !== undefined && known.checkedAt >= pass.checkedAt ? known : pass;
      const since = now() - last.checkedAt;
      // A clock that was set back makes no session valid for longer.
      const checked = since >= 0 && since < recheck ? last : await check(session, tenant, pass.sessiontoken);
      if (checked.userid !== pass.userid) throw ended();
      return { userid: checked.userid, checkedAt: checked.checkedAt };
    },
  };
}

function ended(): Refusal {
  return new Refusal('session-refused', 'Microbizz has ended this session.');
}

/** A hash: the sessiontokens themselves are not kept. */
function nameOf({ id }: Tenant, sessiontoken: string): string {
  return `${id} ${createHash('sha256').update(sessiontoken).digest('base64url')}`;
}
