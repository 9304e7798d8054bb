import { z } from 'zod';

const CompleteUrl = z
  .string('is missing, or not a string')
  .refine(isCompleteUrl, 'is not a complete URL (http:// or https://)');
const Text = z.string('is missing, or not a string').min(1, 'is empty');

const Hook = z.object(
  { modcode: Text, hook: Text, title: Text, url: CompleteUrl },
  'is not a set {modcode, hook, title, url}',
);
export type Hook = z.output<typeof Hook>;

/** `hooks` may be empty (Silverstripe's README) or absent (Ventu's own platform4php leaves it out); any modcode and hook may come. */
const ConnectRequest = z.object(
  {
    publicid: Text,
    negotiateurl: CompleteUrl,
    returnurl: CompleteUrl,
    hooks: z.array(Hook, 'is not a list').default([]),
  },
  'is not a set {publicid, negotiateurl, returnurl, hooks}',
);
export type ConnectRequest = z.output<typeof ConnectRequest>;

export interface FieldFault {
  readonly field: string;
  readonly reason: string;
}

export type ReadConnectRequest =
  | { readonly ok: true; readonly request: ConnectRequest }
  | { readonly ok: false; readonly faults: readonly FieldFault[] };

/** Reads what came in the field `request`, a JSON text, and names every field that is wrong. */
export function readConnectRequest(text: string | undefined, publicid: string): ReadConnectRequest {
  if (text === undefined) return refuse('request', 'is missing: one field of this name must hold a JSON text');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return refuse('request', `is not valid JSON (${error instanceof Error ? error.message : 'unreadable'})`);
  }
  const parsed = ConnectRequest.safeParse(json);
  if (!parsed.success) {
    return {
      ok: false,
      faults: parsed.error.issues.map((issue) => ({ field: spell(issue.path), reason: issue.message })),
    };
  }
  if (parsed.data.publicid !== publicid) return refuse('publicid', 'is not an application key that this sandbox knows');
  return { ok: true, request: parsed.data };
}

function refuse(field: string, reason: string): ReadConnectRequest {
  return { ok: false, faults: [{ field, reason }] };
}

/** ['hooks', 1, 'url'] → "hooks[1].url" */
function spell(path: readonly PropertyKey[]): string {
  const spelled = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return spelled.replace(/^\./, '') || 'request';
}

function isCompleteUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
