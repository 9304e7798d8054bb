import type { MicrobizzObject } from '../microbizz-object.ts';
import type { JsonSet } from '../json-set.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { refuse, type Call } from './command.ts';

/** `resumekey` in all of them: the pages list it as input, as output or as both, and say that one sends it back. */
export const lastChangeInput = { changedate: 'date?', changetime: 'time?', resumekey: 'string?' } as const;

/**
 * changedate alone is inclusive ("on or after"), with changetime exclusive ("after"). Without both: everything (undocumented). A page
 * that is not the last carries a `resumekey`, which holds the place behind its last object: what changes meanwhile comes again, later.
 */
export function listByLastChange({ state, input }: Call, objects: readonly MicrobizzObject[], name: string): JsonSet {
  const { changedate, changetime, resumekey } = input;
  const [date, time, key] = [changedate, changetime, resumekey].map((value) =>
    typeof value === 'string' ? value : '',
  );
  if (time && !date) return refuse('changetime needs changedate');
  // A date alone sorts before every moment of that day.
  const since = time ? `${date} ${time}` : `${date}`;
  const from = key ? readKey(key) : '';
  if (from === undefined) return refuse('Invalid resumekey');
  const wanted = objects
    .map((object) => ({ object, moment: momentOf(object), place: placeOf(object) }))
    .filter(({ moment, place }) => moment > since && place > from)
    .sort((one, other) => (one.place < other.place ? -1 : 1));
  const page = wanted.slice(0, state.faults.pageSize);
  const answer = { [name]: page.map(({ object }) => object) };
  return { ...answer, ...nextKey(state, key ?? '', page.at(-1)?.place, wanted.length > page.length) };
}

function nextKey(state: SandboxState, sent: string, last: string | undefined, more: boolean): JsonSet {
  const fault = state.faults.resumekey;
  const next = last === undefined ? undefined : writeKey(last);
  if (fault === 'repeats' && (sent !== '' || more)) return { resumekey: sent === '' ? next : sent };
  if (more || (fault === 'after-last' && next !== undefined)) return { resumekey: next };
  if (fault === 'empty-at-end') return { resumekey: '' };
  return {};
}

function momentOf(object: MicrobizzObject): string {
  return `${String(object['changedate'])} ${String(object['changetime'])}`;
}

/** Sorts by time, then by id. */
function placeOf(object: MicrobizzObject): string {
  return `${momentOf(object)} ${String(object.id).padStart(12, '0')}`;
}

/** To an app the key is opaque. */
function writeKey(place: string): string {
  return Buffer.from(place).toString('base64url');
}

function readKey(key: string): string | undefined {
  const place = Buffer.from(key, 'base64url').toString();
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \d{12}$/.test(place) ? place : undefined;
}
