import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { objectTypes } from '../../src/tools/sandbox/object-types.ts';
import { commands } from '../../src/tools/sandbox/run-command.ts';
import { openApi } from './call-api.ts';

interface Row {
  command: string;
  complete: boolean;
  input: { name: string; type: string }[];
  output: { name: string; type: string }[];
}

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/protocol/${name}`, import.meta.url), 'utf8'));
}

const rows = readFixture('commands.json') as Row[];
const known = rows.filter(({ input, output, complete }) => complete || input.length + output.length > 0);

/** What to send, for commands that need something. */
const samples: Readonly<Record<string, object>> = {
  Echo: { text: 'Hej' },
  CreateUpdateCustomerByID: { customer: { id: 0, name: 'Ny ApS' } },
  CreateUpdateCustomerByCustomerNumber: { customer: { customernumber: 'K-1' } },
  GetCustomerByID: { customerid: 3101 },
  GetCustomersByParentID: { customerid: 3101 },
  GetCustomerByCustomerNumber: { customernumber: 'K-1001' },
  GetCustomerByName: { customername: 'bryggergården a/s' },
  GetDocumentsByCustomerID: { customerid: 3101, inclfolders: 1 },
  AddFileToCustomer: { customerid: 3101, filename: 'a.txt', filedata: 'SGVq', title: 'A', folder: 'X/Y' },
  AddPhotoToCustomer: { customerid: 3101, title: 'B', imagedata: '/9j/4A==', tags: [1], createdate: '2026-01-02' },
  GetParentCustomers: { customerid: 3105 },
  GetSubscriptionsByCustomerID: { customerid: 3103 },
  AddInvoiceLine: { invoiceline: { id: 50101, text: 'ny' } },
  CreateUpdateInvoice: { invoice: { id: 9001, number: 'F-1' } },
  CreateUpdateInvoiceLineByID: { invoiceline: { id: 50101, count: 9 } },
  DeleteInvoiceLineByID: { invoicelineid: 50104 },
  GetInvoiceLinesByInvoiceID: { invoiceid: 9001 },
  MarkInvoiceLinesAsProcessed: { invoicelineids: [50104], ordernumber: 'O-1' },
  CreateUpdateUser: { user: { id: 0, usercode: 'NY', name: 'Ny' } },
  AddUserToTeam: { userid: 12, teamid: 1 },
  SetTeamsByUserCode: { usercode: 'KB', leaderteams: [1], memberteams: ['2'], viewerteams: [] },
  SetMembersByUserCode: { teamid: '1', leaders: ['AH'], members: ['KB', 'MÅ'], viewers: [] },
  CreateUpdateProductByID: { product: { id: 0, name: 'Ny' } },
  CreateUpdateProductByProductNumber: { product: { productnumber: 'NY-1' } },
  GetProductByID: { productid: 2101, include_prices: 1 },
  GetProductByProductNumber: { productnumber: 'EL-2040' },
  AssignIndividualPriceByProductNumber: { productnumber: 'EL-2040', customerid: 3101, price: 1 },
  RemoveIndividualPriceByProductNumber: { productnumber: 'EL-2040', customerid: 3101 },
  CreateUpdateTodo: { todo: { id: 0, title: 'Ny' }, toolid: 8101, changenote: 0, sendsubcontractormail: 0 },
  CreateUpdateTodoByTodoNumber: { todo: { number: 'T-1' } },
  CloseTodoByID: { todoid: 6101, stateid: 3, note: { message: 'Renset' } },
  AddFileToTool: { toolid: 8101, filename: 'a.txt', filedata: 'SGVq', title: '', folder: '' },
  AddAudioToTodo: { todoid: 6101, title: 'Besked', format: 'mp3', audiodata: 'SGVq' },
  GetPersonByEmail: { email: 'birthe@3101.example' },
  GetTodosByPersonID: { personid: 4101 },
  SendMessage: { message: 'Hej', remoteid: 12 },
};

test('the sandbox has the commands whose rows can be read, and no other', () => {
  expect([...commands.keys()].sort()).toEqual(known.map(({ command }) => command).sort());
});

describe.each(known)('$command', ({ command, input, output }) => {
  test('takes the fields of the papers, by their types', () => {
    const taken = Object.entries(commands.get(command)?.input ?? {}).map(([name, type]) => [
      name,
      type.replace('?', ''),
    ]);
    const fields: [string, string][] = input.map(({ name, type }) => [name, type.replace(/^bool$/, 'boolean')]);
    const types = Object.fromEntries(
      fields.map(([name, type]) => [name, ['answer', 'note'].includes(type) ? 'set' : type]),
    );
    const more = command === 'GetSubscriptionsBylastChangeID' ? { resumekey: 'string' } : {};
    const peers = command === 'GetPersonByEmail' ? { email: 'email' } : {};
    expect(Object.fromEntries(taken)).toEqual({ ...types, ...more, ...peers });
  });

  test('answers with the output of the papers', async () => {
    const { sandbox, run } = await openApi();
    const session = command === 'ValidateSessionToken' ? { sessiontoken: sandbox.openSession(12) } : {};
    if (command === 'GetDocumentsByCustomerID') await run('AddFileToCustomer', samples['AddFileToCustomer']);
    const result = await run(command, { ...samples[command], ...session });
    expect(result).toMatchObject({ status: 1 });
    for (const { name, type } of output.filter((each) => each.name !== 'resumekey')) {
      const shown = result[name];
      if (type.startsWith('collection')) expect(Array.isArray(shown) && shown.length > 0, name).toBe(true);
      else expect(typeof shown, name).toBe(type === 'number' ? 'number' : type === 'string' ? 'string' : 'object');
    }
  });
});

test.each(['customer', 'todo', 'invoice'] as const)(
  'the fields of %s are those of the papers, and marked ones',
  (type) => {
    const fields = (readFixture('types.json') as Record<string, { field: string; type: string }[]>)[type] ?? [];
    const documented = fields.map((each): [string, string] => [each.field, each.type.replace(/^bool$/, 'boolean')]);
    expect(objectTypes[type]).toMatchObject(Object.fromEntries(documented));
    const invented = Object.keys(objectTypes[type]).filter((name) => !documented.some(([field]) => field === name));
    const marked = { customer: ['changetime', 'parentid'], todo: ['changedate', 'changetime', 'personid', 'toolid'] };
    expect(invented.sort()).toEqual(type === 'invoice' ? [] : marked[type]);
  },
);

test('every object of the data has the fields of its type, and booleans as 1 or 0', async () => {
  const { state } = (await openApi()).sandbox;
  const kinds = [
    [objectTypes.customer, state.customers],
    [objectTypes.todo, state.todos.map((todo) => ({ ...todo, toolid: 0 }))],
    [objectTypes.invoice, state.invoices],
    [objectTypes.invoiceline, state.invoiceLines],
    [objectTypes.product, state.products],
    [objectTypes.user, state.users],
  ] as const;
  for (const [fields, objects] of kinds)
    for (const object of objects) {
      expect(Object.keys(object).sort()).toEqual(Object.keys(fields).sort());
      for (const [name, type] of Object.entries(fields))
        if (type === 'boolean') expect([0, 1]).toContain((object as Record<string, unknown>)[name]);
    }
});
