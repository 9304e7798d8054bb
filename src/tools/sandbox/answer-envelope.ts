import { bendAsPhp } from './bend-as-php.ts';
import { isIssuedToken } from './live-hooks.ts';
import { tellMicrobizzTime } from './microbizz-time.ts';
import { isSet, type JsonSet } from './json-set.ts';
import { runCommand } from './run-command.ts';
import type { SandboxState } from './sandbox-state.ts';

/**
 * The answer to one envelope by the rules of Ventu's page "Basic types": an error of the envelope has status 0 and no results, and a
 * good envelope has status 1 whatever became of its commands. The texts of the errors are ours: Microbizz's own are unknown.
 */
export function answerEnvelope(state: SandboxState, envelope: JsonSet | undefined): JsonSet {
  const started = state.now();
  const moment = tellMicrobizzTime(started);
  state.envelopes += 1;
  const wrong = findEnvelopeError(state, envelope);
  if (wrong !== '' || envelope === undefined) return { status: 0, msg: wrong, ...moment };
  const results = breakResults(state, runCommands(state, envelope));
  const answer = { status: 1, msg: 'OK', results, ...moment, milliseconds: Math.max(0, state.now() - started) };
  return '_private' in envelope ? { ...answer, _private: envelope['_private'] } : answer;
}

function findEnvelopeError(state: SandboxState, envelope: JsonSet | undefined): string {
  const { api } = state.faults;
  if (api === 'envelope-error' || (api === 'some-envelope-errors' && state.envelopes % 3 === 0))
    return 'Sandbox fault: envelope error';
  if (envelope === undefined) return 'No valid JSON in parameter json';
  const { contract, accesstoken } = envelope;
  // A number by the documentation, a string in negotiate: samples send both.
  if ((typeof contract !== 'number' && typeof contract !== 'string') || String(contract) !== state.contract) {
    return 'Unknown contract';
  }
  if (!isIssuedToken(state, accesstoken)) return 'Invalid accesstoken';
  return readCommands(state, envelope) === undefined ? 'No commands' : '';
}

/** PHP's json_decode makes one kind of array of lists and sets: a list with gaps runs as well. */
function readCommands(state: SandboxState, { commands }: JsonSet): readonly unknown[] | undefined {
  const list = state.faults.types === 'as PHP' ? bendAsPhp('collection', commands) : commands;
  return Array.isArray(list) ? (list as unknown[]) : undefined;
}

/** With haltonerror nothing runs after a failed command; whether Microbizz fills up the results of the rest is unknown. */
function runCommands(state: SandboxState, envelope: JsonSet): JsonSet[] {
  const commands = readCommands(state, envelope) ?? [];
  const quiet = isTrue(envelope['disable_callbacks']);
  const haltonerror = isTrue(envelope['haltonerror']);
  const results: JsonSet[] = [];
  let halted = false;
  for (const [at, command] of commands.entries()) {
    if (halted && state.faults.halted === 'ends') break;
    const result: JsonSet = halted ? { status: 0, msg: 'Not run' } : run(at, command);
    results.push(isSet(command) && '_private' in command ? { ...result, _private: command['_private'] } : result);
    halted ||= haltonerror && result['status'] !== 1;
  }
  return results;

  function run(at: number, command: unknown): JsonSet {
    const { api } = state.faults;
    const fails = api === 'command-error' || (api === 'one-command-error' && at === Math.floor(commands.length / 2));
    return fails ? { status: 0, msg: 'Sandbox fault: command error' } : runCommand(state, command, quiet);
  }
}

/** A client that matches results by position must count them first, and may not trust them blindly: these three faults show it. */
function breakResults(state: SandboxState, results: readonly JsonSet[]): readonly JsonSet[] {
  switch (state.faults.api) {
    case 'missing-results':
      return results.slice(0, -1);
    case 'surplus-result':
      return [...results, ...results.slice(-1)];
    case 'shuffled-results':
      return results.toReversed();
    default:
      return results;
  }
}

/** A boolean as the API takes it: true / 1 / yes. */
function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true' || value === 'yes';
}
