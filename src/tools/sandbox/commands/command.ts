import { isSet, type JsonSet } from '../json-set.ts';
import type { InputTypes } from '../read-input.ts';
import type { SandboxState } from '../sandbox-state.ts';

/** One command as it runs: its input has been read by `Command.input`. */
export interface Call {
  readonly state: SandboxState;
  readonly input: JsonSet;
  /** disable_callbacks: what it changes causes no event. */
  readonly quiet: boolean;
}

export interface Command {
  readonly input: InputTypes;
  /** Its output, or `refuse(…)`. The status 1 of success is added. */
  readonly run: (call: Call) => JsonSet;
}

export type Commands = Readonly<Record<string, Command>>;

/** A failed command. The texts are ours: Microbizz's own are unknown. */
export function refuse(msg: string): JsonSet {
  return { status: 0, msg };
}

/** An input that `readInput` has checked to be a set. */
export function setOf(value: unknown): JsonSet {
  return isSet(value) ? value : {};
}

/** An input that `readInput` has checked to be a collection of numbers. */
export function numbersOf(value: unknown): number[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
}
