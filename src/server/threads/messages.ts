import { Refusal, type ErrorCode } from '../errors.ts';
import type { Ports } from './queue.ts';
import type { Migrated } from '../store/sqlite/migrate.ts';

/** The first message to a thread. The writer brings the file up to date; the reader opens it when that is done. */
export interface Opening {
  readonly path: string;
  readonly as: 'writer' | 'reader';
  /** Whether a copy is kept of a database that is brought up to date. */
  readonly keepCopy: boolean;
}

/** One act of a port, by names: `inbox`, `append`. */
export interface Asked {
  readonly id: number;
  readonly port: string;
  readonly method: string;
  readonly given: readonly unknown[];
}

/** The acts that a thread has, by port, and what it did to open the database. */
export interface Ready {
  readonly acts: Readonly<Record<string, readonly string[]>>;
  readonly migrated: readonly Migrated[];
}

/** A failure of the follower: a line for the log. */
export interface Failure {
  readonly fields: object;
  readonly message: string;
}

/** A thread's messages: first that it is ready, then the result of each act. */
export type Said =
  | Ready
  /** Instead of being ready: why the database cannot be opened. */
  | { readonly refused: PlainError }
  | Failure
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: PlainError };

/** The result of opening a database in a thread. */
export interface OpenedThread {
  readonly ports: Ports;
  readonly migrated: readonly Migrated[];
  /** Called after each act. */
  done(asked: Asked): void;
  close(): Promise<void>;
}

/** Between threads an error keeps nothing but its message. */
interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
  readonly kind: string | undefined;
}

export function toPlain(thrown: unknown): PlainError {
  const { name, message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { code, kind } = thrown as { code?: unknown; kind?: string };
  return { name, message, stack, code, kind };
}

export function fromPlain({ name, message, stack, code, kind }: PlainError): Error {
  if (name === Refusal.name) return new Refusal(code as ErrorCode, message, kind === undefined ? {} : { kind });
  return Object.assign(new Error(message), { name, stack, ...(code !== undefined && { code }) });
}
