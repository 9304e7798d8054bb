import type { Credentials, Tenant } from '../domain/tenant.ts';
import type { ApiError } from './api-error.ts';
import type { CallResult } from './call-result.ts';
import type { CommandInput, CommandName, CommandOutput, PagedItem, PagedName, WithoutInput } from './commands/table.ts';

export interface RunOptions {
  /** Stop at the first command of the envelope that fails; the rest is not run. */
  readonly haltonerror?: boolean;
  /** Comes back in the answer, as `_private`. */
  readonly _private?: unknown;
  /** Lets Microbizz notice that a command is sent again (docs/protocol.md §4): with it a command that writes is retried too. */
  readonly uniqueid?: string;
  readonly signal?: AbortSignal;
  /** Milliseconds for one request; 30,000 when left out, because large queries are slow (docs/protocol.md §4). */
  readonly timeout?: number;
  /** The writes of these commands do not come back as events: Microbizz's own guard against loops. */
  readonly disableCallbacks?: boolean;
}

/** A command's result with every field that Microbizz sent. */
export type CommandResult = Readonly<Record<string, unknown>>;
export type Input = Readonly<Record<string, unknown>>;

/** A name that is not in the table: its input and output are passed on as they are. */
type Other<S extends string> = S extends CommandName ? never : S;

export interface Page<Item> {
  readonly items: Item[];
  /** The server's own date and time when it began on this page, as it wrote them. */
  readonly date: string;
  readonly time: string;
  /** Its key came before, so this is the last that can be asked for, and perhaps not the last that there is. */
  readonly repeated?: boolean;
}

export interface Call {
  readonly command: string;
  readonly input?: object;
  readonly uniqueid?: string;
  /** Comes back in its result; left out, that of the options. */
  readonly _private?: unknown;
}

/** As in `Promise.allSettled`; `unrun` marks the commands that `haltonerror` left. */
export type BatchResult =
  | { readonly status: 'fulfilled'; readonly value: CommandResult }
  | { readonly status: 'rejected'; readonly reason: ApiError }
  | { readonly status: 'unrun' };

/** The Microbizz of one tenant. Everything that fails throws an ApiError; a command in the table is checked before it is sent. */
export interface Api {
  /** Commands run in the same tick with the same options travel in one envelope. Their order is kept only by `batch`, or by awaiting. */
  run<C extends WithoutInput>(command: C, input?: CommandInput<C>, options?: RunOptions): Promise<CommandOutput<C>>;
  run<C extends CommandName>(command: C, input: CommandInput<C>, options?: RunOptions): Promise<CommandOutput<C>>;
  run<S extends string>(command: Other<S>, input?: Input, options?: RunOptions): Promise<CommandResult>;
  /** One after the other in the order given. Throws only for bad input: then nothing of it was sent. */
  batch(calls: readonly Call[], options?: RunOptions): Promise<BatchResult[]>;
  /** Every item of a command that answers in parts (`resumekey`). */
  each<C extends PagedName>(
    command: C,
    input?: CommandInput<C>,
    options?: RunOptions,
  ): AsyncGenerator<PagedItem<C>, void, undefined>;
  each<S extends string>(
    command: Other<S>,
    input: Input,
    options: RunOptions & { items: string },
  ): AsyncGenerator<CommandResult, void, undefined>;
  /** The same, part by part. */
  pages<C extends PagedName>(
    command: C,
    input?: CommandInput<C>,
    options?: RunOptions,
  ): AsyncGenerator<Page<PagedItem<C>>, void, undefined>;
  pages(
    command: string,
    input: Input,
    options: RunOptions & { items: string },
  ): AsyncGenerator<Page<CommandResult>, void, undefined>;
}

/** The messages as sent and received, with the tokens hidden. */
export interface RawAnswer {
  readonly envelope: object;
  /** Of HTTP. */
  readonly status: number;
  /** Parsed, or the text if it is not JSON. */
  readonly answer: unknown;
  readonly ms: number;
}

/** Every tenant's Api; the limits of each are kept here, however often it is asked for. */
export interface Apis {
  /** `defaults` are options for all of its calls. */
  of(tenant: Tenant, defaults?: RunOptions): Api;
  /**
   * Tenants to whose Microbizz nothing is sent now, because its host does not answer or has asked for a pause, and until when, in milliseconds
   * since 1970; only tenants that have sent something since the start. Synchronous, and costs nothing while no host rests.
   */
  resting(): Map<number, number>;
  /** Sends one command and shows the whole exchange, also when Microbizz refuses it. Throws for bad input and for transport. */
  raw(tenant: Tenant, command: string, input?: Input, options?: RunOptions): Promise<RawAnswer>;
  /**
   * One command in an envelope of its own, at once, beside all queues and limits: for a person who waits, or with credentials that do not
   * belong to a tenant yet. Throws only for bad input.
   */
  ask<C extends CommandName>(
    credentials: Credentials,
    command: C,
    input: CommandInput<C>,
    options: { readonly timeout: number },
  ): Promise<CallResult>;
  /** Gives up the calls that are running. */
  close(): Promise<void>;
}
