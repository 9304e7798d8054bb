import { isSet, type JsonSet } from '../json-set.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { goError, type GoAnswer, type GoRequest } from './go-answer.ts';
import { goObjects, type GoObject } from './go-objects.ts';
import { answerSpecial } from './go-specials.ts';
import { ownCompany, type GoRecord, type GoState } from './go-state.ts';
import { showRecord, storeFiles } from './go-files.ts';

/** One request by the rules of the GO API's page (seed 001). */
export function answerGo(state: SandboxState, request: GoRequest): GoAnswer {
  const { method, object, query } = request;
  if (state.faults.go === 'http-500') return goError(500, 'Sandbox fault: internal server error');
  const known = Object.hasOwn(goObjects, object) ? goObjects[object] : undefined;
  if (known === undefined) return goError(404, `There is no object ${object}`);
  const userid = state.faults.go === 'unauthorized' ? undefined : state.go.tokens.get(request.token ?? '');
  if (userid === undefined && object !== 'login' && object !== 'register')
    return goError(401, 'You must supply a valid access token');
  if (!(known.methods as readonly string[]).includes(method))
    return goError(405, `${method} is not allowed on ${object}`);
  const body = method === 'POST' ? readBody(request.body) : {};
  if (body === undefined) return goError(400, 'The body must be a JSON object');
  if (known.key === undefined) return answerSpecial(state, request, body, userid ?? 0);
  const call = { go: state.go, object, key: known.key, known };
  if (method === 'GET') return get(call, request.id, query);
  return method === 'POST' ? post(call, request.id, body) : remove(call, request.id);
}

/** An update may come without a body: nothing is changed then. */
function readBody(text: string): JsonSet | undefined {
  try {
    const json: unknown = JSON.parse(text === '' ? '{}' : text);
    return isSet(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

interface GoCall {
  readonly go: GoState;
  readonly object: string;
  readonly key: string;
  readonly known: GoObject;
}

/** Without an ID: all of them, as an array; parameters that are fields choose among them (both undocumented). */
function get({ go, object, key, known }: GoCall, id: string | undefined, query: JsonSet): GoAnswer {
  const binary = query['include_binary_data'] === '1';
  if (id !== undefined) {
    const record = find(go, object, key, id);
    return 'status' in record ? record : { status: 200, document: showRecord(go, known, record.record, binary) };
  }
  const chosen = listRecords(go, object).filter((record) =>
    Object.entries(query).every(([name, value]) => !(name in record) || String(record[name]) === value),
  );
  const visible = chosen.filter((record) => !isForeign(object, record));
  return { status: 200, document: visible.map((record) => showRecord(go, known, record, binary)) };
}

function post({ go, object, key, known }: GoCall, id: string | undefined, body: JsonSet): GoAnswer {
  const found = id === undefined ? undefined : find(go, object, key, id);
  if (found !== undefined && 'status' in found) return found;
  const fields = storeFiles(go, known, body);
  if (typeof fields === 'string') return goError(400, fields);
  // The key is the server's; whether a body may carry it is undocumented.
  const changes = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
  if (found !== undefined) {
    Object.assign(found.record, changes);
    return { status: 200, document: showRecord(go, known, found.record, false) };
  }
  const records = listRecords(go, object);
  const record: GoRecord = { [key]: Math.max(0, ...records.map((each) => Number(each[key]))) + 1, ...changes };
  records.push(record);
  return { status: 201, document: showRecord(go, known, record, false) };
}

function remove({ go, object, key }: GoCall, id: string | undefined): GoAnswer {
  if (id === undefined) return goError(400, 'DELETE needs an ID');
  const found = find(go, object, key, id);
  if ('status' in found) return found;
  const records = listRecords(go, object);
  records.splice(records.indexOf(found.record), 1);
  return { status: 200, document: {} };
}

function find(go: GoState, object: string, key: string, id: string): GoAnswer | { readonly record: GoRecord } {
  const record = listRecords(go, object).find((each) => String(each[key]) === id);
  if (record === undefined) return goError(404, `There is no ${object} ${id}`);
  return isForeign(object, record) ? goError(403, 'You are not allowed to see that') : { record };
}

function listRecords(go: GoState, object: string): GoRecord[] {
  return go.records[object] ?? [];
}

/** "Each user only have access to exactly that company" that they work for. */
function isForeign(object: string, record: GoRecord): boolean {
  return object === 'company' && record['company_id'] !== ownCompany;
}
