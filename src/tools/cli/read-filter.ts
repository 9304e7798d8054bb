import { InvalidArgumentError, type Command } from 'commander';
import { parseHookPath, type HookName } from '../../microbizz/domain/hook.ts';
import { eventStates, type EventFilter, type EventState } from '../../server/store/ports/operator.ts';

export interface FilterOptions {
  readonly tenant?: number;
  readonly hook?: HookName;
  readonly state?: EventState;
  readonly forward?: number;
  readonly since?: number;
  readonly until?: number;
}

/** The options that select events, the same for every command that does. */
export function withFilter(command: Command): Command {
  return command
    .option('--tenant <id>', 'of this tenant', readNumber)
    .option('--hook <modcode/hook>', 'of this hook', readHook)
    .option('--state <state>', `in this state: ${eventStates.join(', ')}`, readState)
    .option('--forward <id>', 'the handling by this forward, instead of the app’s handler', readNumber)
    .option('--since <time>', 'received at or after, such as 2026-11-01 or 2026-11-01T08:00Z', readTime)
    .option('--until <time>', 'received before', readTime);
}

export function toFilter(
  ids: readonly number[],
  { tenant, hook, state, forward, since, until }: FilterOptions,
): EventFilter {
  return {
    ...(ids.length > 0 && { ids }),
    ...(tenant !== undefined && { tenantId: tenant }),
    ...hook,
    ...(state !== undefined && { state }),
    ...(forward !== undefined && { forwardId: forward }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

export function readNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

export interface EventReference {
  readonly id: number;
  /** The whole name, where that was written. */
  readonly name: string | undefined;
}

/** `evt_3f9c02ab17_12` as handlers, forwards and pages name it, or `evt_12`, or `12`. */
export function readEvent(text: string): EventReference {
  const [, mark, number] = /^(?:evt_)?(?:([0-9a-f]+)_)?(\d{1,15})$/.exec(text) ?? [];
  if (number === undefined)
    throw new InvalidArgumentError(`${text}: it is written as lists show it, or evt_12, or 12.`);
  return { id: Number(number), name: mark === undefined ? undefined : `evt_${mark}_${number}` };
}

function readHook(text: string): HookName {
  const hook = parseHookPath(text);
  if (hook === undefined) throw new InvalidArgumentError('It is written modcode/hook.');
  return hook;
}

function readState(text: string): EventState {
  const state = eventStates.find((known) => known === text);
  if (state === undefined) throw new InvalidArgumentError(`It is one of ${eventStates.join(', ')}.`);
  return state;
}

function readTime(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError('It is written 2026-11-01 or 2026-11-01T08:00Z.');
  return time;
}
