import type { z } from 'zod';
import type { Api } from '../../microbizz/api/api.ts';
import type { HookName } from '../../microbizz/domain/hook.ts';
import type { MicrobizzObject } from '../../microbizz/domain/read-object.ts';
import type { Answer } from '../../microbizz/domain/answer.ts';

export interface HandlerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** An event, as a handler gets it. */
export interface HandledEvent<O> extends HookName {
  /** Stable: the same in every attempt and every replay. Use it to do a thing once. */
  readonly id: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /**
   * The object read by the hook's schema, with every field that Microbizz sent. A number that JavaScript would round (an integer beyond
   * 2^53, a long decimal, `1e400`, `-0`) is the text of its digits: `z.coerce.string()` has them exactly, `z.coerce.number()` the nearest
   * number.
   */
  readonly object: O;
  /** The object as we knew it before, when we did. */
  readonly previous: O | undefined;
  /** Every field of the POST, as it came. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface HandlerContext {
  readonly tenant: { readonly id: number; readonly contract: string; readonly host: string };
  /**
   * The tenant's Microbizz. Its writes do not come back as events (`disable_callbacks`), and its calls are given up with `signal`.
   * With `gaps` the gap filler finds such a write and reports it: if the handler writes the same again, that ends it; if it writes something
   * new each time, it goes on. It throws when Microbizz does not carry out a command. If the handler lets it throw, the event is tried again
   * later, and with a refused accesstoken waits for the reconnect, however long.
   */
  readonly api: Api;
  readonly log: HandlerLog;
  /** Aborted when the time limit (30 s) is over or the process stops: pass it on to every call that waits. */
  readonly signal: AbortSignal;
}

/**
 * Called at least once for each event, in the order of arrival for one object. It can be called again with an event that it has already
 * handled (the process may die between the work and the note of it): let `event.id` decide. If it throws, the event is retried.
 */
export type Handler<O> = (event: HandledEvent<O>, context: HandlerContext) => Promise<Answer | undefined>;

/** An event hook of this app: its request to Microbizz, and its handling of an event. */
export interface EventHook<O = MicrobizzObject> extends HookName {
  /** The title in Microbizz's list of hooks. */
  readonly title: string;
  /** Reads the object: name the fields that you use, loosely (`z.looseObject`). The complete event is stored regardless of this schema. */
  readonly object?: z.ZodType<O>;
  /**
   * The command that lists this hook's objects by their last change, and the field of its output that holds them: the server asks with it
   * for changes from times when no event could come. Left out where no such command is public.
   */
  readonly gaps?: { readonly command: string; readonly items: string };
  /** Left out: the event is stored, and shown by the pages, and nothing more is done. */
  readonly handle?: Handler<O>;
  /**
   * Microbizz waits for the handler, and gets its answer: `refused('…')` reports that the event failed. Over budget, or when the handler
   * throws, Microbizz gets `status: true` and the event is tried again from the inbox.
   */
  readonly answer?: 'after-handling';
  /** Milliseconds that Microbizz may be kept waiting by `answer`; 2,000 when left out. */
  readonly budget?: number;
}

export function defineEvent<O = MicrobizzObject>(hook: EventHook<O>): EventHook {
  // A hook's schema and handler agree about O between themselves; the list of hooks need not know it.
  return hook as unknown as EventHook;
}
