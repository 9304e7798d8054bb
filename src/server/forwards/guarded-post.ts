import type { Dispatcher } from 'undici';
import type { Lookup } from '../../microbizz/outbound/lookup-host.ts';
import type { Message } from './build-message.ts';
import type { DestinationRules } from './destination-rules.ts';
import type { Forward } from '../store/ports/forwards.ts';
import { openGuardedAgent } from './guarded-agent.ts';
import { postSigned, type Posted } from './post-signed.ts';

interface PostOptions {
  readonly rules: DestinationRules;
  readonly lookup: Lookup;
  readonly now: () => number;
  /** Milliseconds for one message. */
  readonly time: number;
}

export interface GuardedPost {
  post(forward: Forward, message: Message, more: { signal?: AbortSignal; keepBody?: boolean }): Promise<Posted>;
  close(): Promise<void>;
}

/** Signed messages to where the rules allow; the connections are opened with the first one. */
export function openGuardedPost({ rules, lookup, now, time }: PostOptions): GuardedPost {
  let opened: Promise<Dispatcher> | undefined;
  return {
    async post(forward, message, more) {
      // The rules may have become stricter since the forward was added.
      const refusal = rules.refuseUrl(forward.url);
      if (refusal !== undefined) return { fault: `Not sent: ${refusal.says}.`, ms: 0 };
      const agent = await (opened ??= openGuardedAgent(rules, lookup));
      return postSigned(forward, message, { agent, now, time, ...more });
    },
    async close() {
      await (await opened)?.destroy();
    },
  };
}
