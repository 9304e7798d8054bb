import { isSet, type JsonSet } from '../json-set.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { checkFields } from './check-fields.ts';
import { goError, type GoAnswer, type GoRequest } from './go-answer.ts';
import { showRecord, storeFiles, tellGoTime } from './go-files.ts';
import { goObjects, type GoObject } from './go-objects.ts';
import { answerSpecial } from './go-specials.ts';
import { ownCompany, type GoRecord, type GoState } from './go-state.ts';
import { listRecords } from './list-records.ts';

/**
 * One request by the rules of the GO API's page (docs/protocol.md §6), and where it is silent as Ventu's own framework does it: platform4php,
 * https://github.com/sahl/platform4php, Platform/Api/Endpoint.php. That GO runs on it is INFERRED: the same places of the token, file
 * sets, statuses, names of fields; nothing public says so.
 */
export function answerGo(state: SandboxState, request: GoRequest): GoAnswer {
  const { method, object, query, id } = request;
  if (state.faults.go === 'http-500') return goError(500, 'Sandbox fault: internal server error');
  const refused = object === 'login' || object === 'register' ? undefined : checkToken(state, request.token);
  if (refused !== undefined) return refused;
  const known = Object.hasOwn(goObjects, object) ? goObjects[object] : undefined;
  if (known === undefined) return goError(404, `No such object type: ${object}`);
  if (!(known.methods as readonly string[]).includes(method))
    return goError(405, `Cannot handle request method: ${method}`);
  if (known.fields === undefined) {
    const body = request.body === '' ? {} : readBody(request.body);
    if (body === undefined) return goError(400, "Data was received, but wasn't valid json");
    return answerSpecial(state, request, body, state.go.tokens.get(request.token ?? '') ?? 0);
  }
  const call = { go: state.go, object, key: `${object}_id`, known };
  if (method === 'GET') return id === 'schema' ? describe(known) : get(call, id, query);
  if (id === 'schema') return goError(404, 'Invalid API path');
  return method === 'POST' ? post(call, id, request.body) : remove(call, id);
}

function checkToken(state: SandboxState, token: string | undefined): GoAnswer | undefined {
  if (token === undefined) return goError(401, 'No access token provided');
  const valid = state.faults.go !== 'unauthorized' && state.go.tokens.has(token);
  return valid ? undefined : goError(401, 'Invalid or expired access token');
}

/** PHP's json_decode makes the same of `{}` and `[]`; the numbers of a list are names of fields then. */
function readBody(text: string): JsonSet | undefined {
  try {
    const json: unknown = JSON.parse(text);
    if (Array.isArray(json)) return Object.fromEntries(json.entries());
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

function get({ go, object, key, known }: GoCall, id: string | undefined, query: JsonSet): GoAnswer {
  const binary = query['include_binary_data'] === '1';
  if (id !== undefined) {
    const record = find(go, object, key, id);
    return 'status' in record ? record : { status: 200, document: showRecord(go, known, record.record, binary) };
  }
  const visible = (go.records[object] ?? []).filter((record) => !isForeign(object, record));
  const listed = listRecords(known, visible, query);
  if ('status' in listed) return listed;
  const { records, names } = listed;
  const shown = records.map((record) => showRecord(go, known, record, binary));
  return { status: 200, document: names === undefined ? shown : shown.map((record) => pick(record, names)) };
}

function pick(record: GoRecord, names: readonly string[]): GoRecord {
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}

/** `type`, `properties` and `required` are the framework's; the content of each property is INVENTED, after JSON Schema. */
function describe({ fields = {} }: GoObject): GoAnswer {
  const properties = Object.entries(fields).map(([name, type]) => [name, { type: type.replace('!', '') }]);
  const required = Object.entries(fields).flatMap(([name, type]) => (type.endsWith('!') ? [name] : []));
  return { status: 200, document: { type: 'object', properties: Object.fromEntries(properties) as object, required } };
}

function post({ go, object, key, known }: GoCall, id: string | undefined, text: string): GoAnswer {
  // "0" is nothing to PHP.
  if (text === '' || text === '0') return goError(400, 'No post data received');
  const body = readBody(text);
  if (body === undefined) return goError(400, "Data was received, but wasn't valid json");
  const found = id === undefined ? undefined : find(go, object, key, id);
  if (found !== undefined && 'status' in found) return found;
  const reasons = checkFields(go, known, body, found === undefined);
  if (reasons.length > 0) return goError(400, `Post data wasn't valid: ${reasons.join(', ')}`);
  const changes = { ...storeFiles(go, known, body), change_date: tellGoTime(go) };
  if (found !== undefined) {
    Object.assign(found.record, changes);
    return { status: 200, document: showRecord(go, known, found.record, false) };
  }
  const records = go.records[object] ?? [];
  const next = Math.max(0, ...records.map((each) => Number(each[key]))) + 1;
  const record: GoRecord = { [key]: next, create_date: changes.change_date, ...changes };
  records.push(record);
  return { status: 201, document: showRecord(go, known, record, false) };
}

function remove({ go, object, key }: GoCall, id: string | undefined): GoAnswer {
  if (id === undefined) return goError(404, 'No object id specified.');
  const found = find(go, object, key, id);
  if ('status' in found) return found;
  const records = go.records[object] ?? [];
  records.splice(records.indexOf(found.record), 1);
  return { status: 200, document: { file_deleted: true } };
}

function find(go: GoState, object: string, key: string, id: string): GoAnswer | { readonly record: GoRecord } {
  const record = go.records[object]?.find((each) => String(each[key]) === id);
  if (record === undefined) return goError(404, `No object of type ${object} with id: ${id}`);
  const foreign = isForeign(object, record);
  return foreign ? goError(403, "You don't have the permission to access this object.") : { record };
}

/** "Each user only have access to exactly that company" that they work for. */
function isForeign(object: string, record: GoRecord): boolean {
  return object === 'company' && record['company_id'] !== ownCompany;
}
