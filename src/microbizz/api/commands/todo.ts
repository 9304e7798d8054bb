import { command } from './define-command.ts';
import { collection } from './types/sets.ts';
import { todo } from './types/todo.ts';
import { answer, note, todostate, todotemplate } from './types/undocumented.ts';
import { binary, boolean, number, string } from './types/basic.ts';

export const todoCommands = {
  CreateUpdateTodo: command({
    description: 'Creates (id 0) or overwrites a todo; attaches a tool if toolid is given.',
    source: 'wiki 20250944 Todo commands',
    input: {
      todo: todo.describe('The todo'),
      toolid: number.optional().describe('Tool to attach'),
      changenote: boolean.optional().describe('Post a change note, send mail etc.; default 1'),
      sendsubcontractormail: boolean.optional().describe('Mail the subcontractor, if any (newest version only)'),
    },
    output: {
      todo: todo.optional().describe('As stored'),
    },
  }),
  CreateUpdateTodoByTodoNumber: command({
    description: 'Same, found by the number field; unknown number: created with it, not validated.',
    source: 'wiki 20250944 Todo commands',
    input: {
      todo: todo.describe('The todo'),
      toolid: number.optional().describe('Tool to attach'),
      changenote: boolean.optional().describe('Default 1'),
    },
    output: {
      todo: todo.optional().describe('As stored'),
    },
  }),
  CloseTodoByID: command({
    description: 'Closes a todo if the close conditions hold; otherwise NO error, the returned todo is still open.',
    source: 'wiki 20250944 Todo commands',
    input: {
      todoid: number.describe('Todo'),
      stateid: number.optional().describe('A close state from GetTodoStates'),
      answer: answer.optional().describe('Answers to a question form, if asked for'),
      note: note.optional().describe('Only its text is used, tagged ’Solution’'),
    },
    output: {
      todo: todo.optional().describe('As stored'),
    },
  }),
  GetTodoTemplates: command({
    description: 'All todo templates.',
    source: 'wiki diff 20252524->20251468',
    reads: true,
    input: {},
    output: {
      templates: collection(todotemplate).describe('Templates'),
    },
  }),
  GetTodoStates: command({
    description: 'All todo states.',
    source: 'wiki diff 20252524->20251468 (name from CloseTodoByID)',
    reads: true,
    input: {},
    output: {
      states: collection(todostate).describe('States'),
    },
  }),
  AddAudioToTodo: command({
    description: 'Adds an audio file to a todo.',
    source: 'wiki diff 20252524->20251468',
    input: {
      todoid: number.describe('Todo'),
      title: string.optional().describe('Title'),
      format: string.describe('mp3, wav or aac'),
      audiodata: binary.describe('Base64'),
    },
    output: {},
  }),
  GetTodosByPersonID: command({
    description: 'Todos of a person.',
    source: 'seen in the code of a third party only',
    reads: true,
    input: {
      personid: number.describe('Person'),
    },
    output: {
      todos: collection(todo).describe('Todos'),
    },
  }),
};
