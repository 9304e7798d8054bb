import type { SandboxState } from './sandbox-state.ts';

/** What Ventu's documentation calls a set: field:value pairs. */
export type JsonSet = Readonly<Record<string, unknown>>;

export function isSet(value: unknown): value is JsonSet {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Command = (state: SandboxState, input: JsonSet) => JsonSet;

const commands = new Map<unknown, Command>([
  ['Echo', (_state, { text }) => ({ status: 1, answer: typeof text === 'string' ? text : '' })],
  ['ValidateSessionToken', validateSessionToken],
]);

/** Runs one command: status 1 with its output, or status 0 with msg. */
export function runCommand(state: SandboxState, command: unknown): JsonSet {
  if (state.faults.api === 'command-error') return { status: 0, msg: 'Sandbox fault: command error' };
  if (!isSet(command)) return { status: 0, msg: 'A command must be a set' };
  const run = commands.get(command['command']);
  return run === undefined ? { status: 0, msg: 'Unknown command' } : run(state, command);
}

/** `userid` is the only output anybody has seen. A bad token comes back inside a good envelope: the trap that this sandbox is for. */
function validateSessionToken(state: SandboxState, { sessiontoken }: JsonSet): JsonSet {
  const userid = typeof sessiontoken === 'string' ? state.sessions.get(sessiontoken) : undefined;
  if (userid === undefined || state.faults.api === 'expired-session')
    return { status: 0, msg: 'Invalid session token' };
  return { status: 1, userid };
}
