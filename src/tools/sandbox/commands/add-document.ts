import { causeEvent } from '../cause-event.ts';
import { changedNow } from '../change-object.ts';
import type { MicrobizzObject } from '../microbizz-object.ts';
import type { JsonSet } from '../json-set.ts';
import type { Call } from './command.ts';
import { nextId } from './store-object.ts';

/** Adds a document, or changes `existing`. Its fields are INVENTED: the type document is in no readable page. */
export function addDocument(call: Call, fields: JsonSet, content: string, existing?: MicrobizzObject): MicrobizzObject {
  const { state } = call;
  const document: MicrobizzObject = existing ?? {
    ...emptyDocument,
    id: nextId(state.documents),
    userid: state.actingUserId,
  };
  Object.assign(document, fields, { size: Buffer.byteLength(content, 'base64') }, changedNow(state));
  state.contents.set(document.id, content);
  if (existing === undefined) state.documents.push(document);
  const hook = existing === undefined ? 'event_file_create' : 'event_file_change';
  if (!call.quiet) causeEvent(state, 'general', hook, { document });
  return document;
}

const emptyDocument = {
  customerid: 0,
  todoid: 0,
  toolid: 0,
  folderid: 0,
  filename: '',
  title: '',
  isphoto: 0,
  onxnet: 0,
};

/** The folder at a path such as "FilesFromAPI/Diagrams", made where it is missing. 0 is the top. */
export function openFolder({ state }: Call, owner: JsonSet, path: unknown): number {
  const names = typeof path === 'string' ? path.split('/').filter((name) => name !== '') : [];
  let parentid = 0;
  for (const title of names) {
    const wanted = { ...owner, parentid, title };
    const found = state.folders.find((folder) =>
      Object.entries(wanted).every(([name, value]) => folder[name] === value),
    );
    const folder = found ?? { id: nextId(state.folders), customerid: 0, toolid: 0, ...wanted };
    if (found === undefined) state.folders.push(folder);
    parentid = folder.id;
  }
  return parentid;
}
