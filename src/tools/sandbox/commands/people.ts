import { changedNow } from '../change-object.ts';
import { refuse, type Commands } from './command.ts';
import { nextId } from './store-object.ts';

/** Persons, known from a public client alone, and Ventu's page "Instant messages commands". */
export const peopleCommands: Commands = {
  GetPersonByEmail: {
    input: { email: 'email' },
    run: ({ state, input }) => ({ persons: state.persons.filter((person) => person['email'] === input['email']) }),
  },
  SendMessage: {
    input: { message: 'string', remoteid: 'number?', confirmation: 'boolean?', replytoid: 'number?' },
    run: ({ state, input }) => {
      const replied = state.messages.find(({ id }) => id === input['replytoid']);
      if (input['replytoid'] && replied === undefined) return refuse('Unknown message');
      const receiver = state.users.find(({ id }) => id === input['remoteid']);
      if (replied === undefined && receiver === undefined) return refuse('Unknown user');
      const author = state.users.find(({ id }) => id === state.actingUserId);
      const id = nextId(state.messages);
      const who = { userid: state.actingUserId, personid: 0, authorname: author?.name ?? '' };
      const threadid = replied?.['threadid'] ?? id;
      state.messages.push({ id, threadid, ...who, ...changedNow(state), isunread: 1, message: input['message'] });
      return { id };
    },
  },
};
