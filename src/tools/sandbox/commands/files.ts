import { addDocument, openFolder } from './add-document.ts';
import { numbersOf, refuse, type Call, type Commands } from './command.ts';

const fileInput = { filename: 'string', filedata: 'binary', title: 'string?', folder: 'string?' } as const;

/** Files on customers, tools and todos, from Ventu's pages "Customer commands", "Tool commands" and "Todo commands" (docs/protocol.md §4.1). */
export const fileCommands: Commands = {
  GetDocumentsByCustomerID: {
    input: { customerid: 'number', inclthumbs: 'boolean?', inclfolders: 'boolean?' },
    run: ({ state, input }) => {
      const documents = state.documents
        .filter((each) => each['customerid'] === input['customerid'])
        .map((each) =>
          input['inclthumbs'] === 1 && each['isphoto'] === 1
            ? { ...each, thumbnail: state.contents.get(each.id) }
            : each,
        );
      if (input['inclfolders'] !== 1) return { documents };
      return { documents, folders: state.folders.filter((each) => each['customerid'] === input['customerid']) };
    },
  },
  AddFileToCustomer: {
    input: { customerid: 'number', ...fileInput },
    run: (call) => {
      const customer = call.state.customers.find(({ id }) => id === call.input['customerid']);
      return customer === undefined ? refuse('Unknown customer') : addFile(call, { customerid: customer.id });
    },
  },
  AddFileToTool: {
    input: { toolid: 'number', ...fileInput },
    run: (call) => {
      const tool = call.state.tools.find(({ id }) => id === call.input['toolid']);
      return tool === undefined ? refuse('Unknown tool') : addFile(call, { toolid: tool.id });
    },
  },
  AddAudioToTodo: {
    input: { todoid: 'number', title: 'string?', format: 'string', audiodata: 'binary' },
    run: (call) => {
      const { todoid, title = '', format, audiodata } = call.input;
      if (!call.state.todos.some(({ id }) => id === todoid)) return refuse('Unknown todo');
      if (!['mp3', 'wav', 'aac'].includes(String(format))) return refuse('format must be mp3, wav or aac');
      addDocument(call, { todoid, title, filename: `audio.${String(format)}` }, String(audiodata));
      return {};
    },
  },
  AddPhotoToCustomer: {
    input: {
      ...{ customerid: 'number', title: 'string?', imagedata: 'binary', onxnet: 'boolean?', createdate: 'date?' },
      ...{ createtime: 'time?', tags: 'collection[number]?', documentid: 'number?' },
    },
    run: addPhoto,
  },
};

function addFile(call: Call, owner: { customerid: number } | { toolid: number }): Record<string, unknown> {
  const { filename, filedata, title = '', folder } = call.input;
  addDocument(call, { ...owner, filename, title, folderid: openFolder(call, owner, folder) }, String(filedata));
  return {};
}

function addPhoto(call: Call): Record<string, unknown> {
  const {
    customerid,
    imagedata,
    documentid,
    tags,
    title = '',
    onxnet = 0,
    createdate = '',
    createtime = '',
  } = call.input;
  if (!call.state.customers.some(({ id }) => id === customerid)) return refuse('Unknown customer');
  // Every JPEG begins with FF D8 FF.
  if (!String(imagedata).startsWith('/9j/')) return refuse('imagedata must be a JPEG');
  const existing = call.state.documents.find(({ id }) => id === documentid);
  if (documentid && existing === undefined) return refuse('Unknown document');
  const when = { createdate, createtime };
  const fields = { customerid, title, filename: 'photo.jpg', isphoto: 1, onxnet, tags: numbersOf(tags), ...when };
  return { document: addDocument(call, fields, String(imagedata), existing) };
}
