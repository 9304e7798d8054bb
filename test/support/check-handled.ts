import { existsSync, readFileSync } from 'node:fs';
import type { Sent } from './send-events.ts';

/** A line of the record that recording-main.ts writes; `gone`, by spawn-server.ts when that start has ended, has only its first two. */
export type Line = readonly [
  start: number,
  kind: 'begin' | 'end' | 'gone',
  lane: string,
  sequence: number,
  event: string,
  attempt: number,
];

export interface Stored {
  readonly event: string;
  readonly lane: string;
  readonly sequence: number;
  /** True when the same change was told twice: such an event is not handled. */
  readonly duplicate: boolean;
}

export interface Figures {
  readonly sent: number;
  readonly acknowledged: number;
  readonly stored: number;
  /** Acknowledged, and not in the database. */
  readonly lost: number;
  /** In the database, and in the wrong order of its lane. */
  readonly misplaced: number;
  readonly duplicates: number;
  /** Different events that a handler brought to its end. */
  readonly handled: number;
  /** Stored, no duplicate, and never handled. */
  readonly unhandled: number;
  /** Handled once more, after a crash. */
  readonly repeated: number;
  /** Handled before an earlier one of its lane, at the same time as another, or again without a crash between. */
  readonly disordered: number;
}

/** What can be said of a run from its three witnesses: what the senders were told, what is stored, what the handlers wrote down. */
export function judge(sent: readonly Sent[], stored: readonly Stored[], lines: readonly Line[]): Figures {
  const kept = new Set(stored.map(({ lane, sequence }) => `${lane} ${sequence}`));
  const acknowledged = sent.filter(({ fate }) => fate === 'acknowledged');
  const ended = new Set(lines.filter(([, kind]) => kind === 'end').map(([, , , , event]) => event));
  const due = stored.filter(({ duplicate }) => !duplicate);
  return {
    sent: sent.length,
    acknowledged: acknowledged.length,
    stored: stored.length,
    lost: acknowledged.filter(({ lane, sequence }) => !kept.has(`${lane} ${sequence}`)).length,
    misplaced: countMisplaced(stored),
    duplicates: stored.length - due.length,
    handled: ended.size,
    unhandled: due.filter(({ event }) => !ended.has(event)).length,
    ...countHandlings(lines),
  };
}

function countMisplaced(stored: readonly Stored[]): number {
  const latest = new Map<string, number>();
  return stored.filter(({ lane, sequence }) => {
    const before = latest.get(lane) ?? 0;
    latest.set(lane, Math.max(before, sequence));
    return sequence < before;
  }).length;
}

interface LaneState {
  start: number;
  sequence: number;
  event: string;
  open: boolean;
}

/**
 * A lane goes forward, one event at a time. Only another start may begin its last event again, once the one that began it is gone: at
 * least once, and no more than one event per lane, because the next one is claimed only after the end of the one before is written down.
 */
function countHandlings(lines: readonly Line[]): { repeated: number; disordered: number } {
  const lanes = new Map<string, LaneState>();
  const gone = new Set<number>();
  let repeated = 0;
  let disordered = 0;
  for (const [start, kind, lane, sequence, event] of lines) {
    if (kind === 'gone') {
      gone.add(start);
      continue;
    }
    const state = lanes.get(lane) ?? { start: 0, sequence: 0, event: '', open: false };
    if (kind === 'begin') {
      const again = event === state.event && gone.has(state.start);
      if (again) repeated += 1;
      else if (sequence <= state.sequence || (state.open && start === state.start)) disordered += 1;
      // Cut off by the crash, and then passed over.
      else if (state.open) disordered += 1;
      lanes.set(lane, { start, sequence: Math.max(sequence, state.sequence), event, open: true });
    } else {
      if (!state.open || event !== state.event || start !== state.start) disordered += 1;
      lanes.set(lane, { ...state, open: false });
    }
  }
  return { repeated, disordered };
}

export function readRecord(file: string): Line[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}
