import { causeEvent } from '../cause-event.ts';
import { changedNow } from '../change-object.ts';
import type { MicrobizzObject } from '../microbizz-object.ts';
import type { JsonSet } from '../json-set.ts';
import { refuse, setOf, type Call, type Commands } from './command.ts';
import { nextId, storeObject } from './store-object.ts';

const todoInput = { todo: 'todo', toolid: 'number?', changenote: 'boolean?' } as const;

/** Ventu's page "Todo commands". No mail is sent, and no change note is written (`changenote`, `sendsubcontractormail`). */
export const todoCommands: Commands = {
  CreateUpdateTodo: {
    input: { ...todoInput, sendsubcontractormail: 'boolean?' },
    run: (call) => {
      const given = setOf(call.input['todo']);
      const existing = call.state.todos.find(({ id }) => id === given['id']);
      return given['id'] && existing === undefined ? refuse('Unknown todo') : storeTodo(call, given, existing);
    },
  },
  // An unknown number is not validated: the todo is created with it.
  CreateUpdateTodoByTodoNumber: {
    input: todoInput,
    run: (call) => {
      const given = setOf(call.input['todo']);
      if (!given['number']) return refuse('todo.number is missing');
      const existing = call.state.todos.find((todo) => todo['number'] === given['number']);
      return storeTodo(call, given, existing);
    },
  },
  CloseTodoByID: {
    input: { todoid: 'number', stateid: 'number', answer: 'set?', note: 'set?' },
    run: closeTodo,
  },
  GetTodoTemplates: { input: {}, run: ({ state }) => ({ templates: state.todoTemplates }) },
  GetTodoStates: { input: {}, run: ({ state }) => ({ states: state.todoStates }) },
  GetTodosByPersonID: {
    input: { personid: 'number' },
    run: ({ state, input }) => ({ todos: state.todos.filter((todo) => todo['personid'] === input['personid']) }),
  },
};

function storeTodo(call: Call, given: JsonSet, existing: MicrobizzObject | undefined): JsonSet {
  const { toolid } = call.input;
  if (toolid && !call.state.tools.some(({ id }) => id === toolid)) return refuse('Unknown tool');
  // "An invalid one is silently replaced by a random work area": there is but one here.
  const workarea = { workareaid: 1, workareatext: 'Service' };
  const number = given['number'] ?? existing?.['number'] ?? `T-${nextId(call.state.todos) + 4200}`;
  const stored = { ...given, ...workarea, number, ...(toolid === undefined ? {} : { toolid }) };
  return { todo: storeObject(call, 'todo', stored, existing) };
}

/** "Closes a todo if the close conditions hold; otherwise no error": `canclose`, and a state that closes. */
function closeTodo(call: Call): JsonSet {
  const { state, input } = call;
  const todo = state.todos.find(({ id }) => id === input['todoid']);
  const progress = state.todoStates.find(({ id }) => id === input['stateid']);
  if (todo === undefined) return refuse('Unknown todo');
  if (progress?.['isclosed'] !== 1 || todo['canclose'] !== 1) return { todo };
  writeNote(call, todo, setOf(input['note'])['message']);
  const closed = { isclosed: 1, stateid: progress.id, closedby_userid: state.actingUserId };
  return { todo: storeObject(call, 'todo', { ...todo, ...closed }, todo) };
}

/** The fields of a note are unknown: its text is taken from `message`, as the type message calls it. */
function writeNote(call: Call, todo: MicrobizzObject, text: unknown): void {
  const { state } = call;
  if (typeof text !== 'string' || text === '') return;
  const who = { userid: state.actingUserId, personid: 0, authorname: String(state.users[0]?.name) };
  const message = {
    id: nextId(state.messages),
    threadid: todo.id,
    ...who,
    ...changedNow(state),
    isunread: 1,
    message: text,
  };
  state.messages.push(message);
  const thread = { id: todo.id, title: 'Solution', objecttype: 'todo', objectid: todo.id };
  if (!call.quiet) causeEvent(state, 'general', 'event_note_create', { message, thread });
}
