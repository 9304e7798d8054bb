import { isIssuedToken } from './live-hooks.ts';
import { tellMicrobizzTime } from './microbizz-time.ts';
import { isSet, runCommand, type JsonSet } from './run-command.ts';
import type { SandboxState } from './sandbox-state.ts';

/**
 * The answer to one envelope by the rules of Ventu's page "Basic types": an error of the envelope has status 0 and no results, and a
 * good envelope has status 1 whatever became of its commands. The texts of the errors are ours: Microbizz' own are unknown.
 */
export function answerEnvelope(state: SandboxState, envelope: JsonSet | undefined): JsonSet {
  const started = state.now();
  const moment = tellMicrobizzTime(started);
  const wrong = findEnvelopeError(state, envelope);
  if (wrong !== '' || envelope === undefined) return { status: 0, msg: wrong, ...moment };
  const commands = Array.isArray(envelope['commands']) ? (envelope['commands'] as unknown[]) : [];
  const results = runCommands(state, commands, isTrue(envelope['haltonerror']));
  const answer = { status: 1, msg: 'OK', results, ...moment, milliseconds: Math.max(0, state.now() - started) };
  return '_private' in envelope ? { ...answer, _private: envelope['_private'] } : answer;
}

function findEnvelopeError(state: SandboxState, envelope: JsonSet | undefined): string {
  if (state.faults.api === 'envelope-error') return 'Sandbox fault: envelope error';
  if (envelope === undefined) return 'No valid JSON in parameter json';
  const { contract, accesstoken, commands } = envelope;
  // A number by the documentation, a string in negotiate: samples send both.
  if ((typeof contract !== 'number' && typeof contract !== 'string') || String(contract) !== state.contract) {
    return 'Unknown contract';
  }
  if (!isIssuedToken(state, accesstoken)) return 'Invalid accesstoken';
  return Array.isArray(commands) ? '' : 'No commands';
}

/** With haltonerror the results end with the failed command; whether Microbizz fills up the rest is unknown. */
function runCommands(state: SandboxState, commands: readonly unknown[], haltonerror: boolean): JsonSet[] {
  const results: JsonSet[] = [];
  for (const command of commands) {
    const result = runCommand(state, command);
    results.push(isSet(command) && '_private' in command ? { ...result, _private: command['_private'] } : result);
    if (haltonerror && result['status'] !== 1) break;
  }
  return results;
}

/** A boolean as the API takes it: true / 1 / yes. */
function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true' || value === 'yes';
}
