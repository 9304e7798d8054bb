import { refuse, type Commands } from './command.ts';

export const sessionCommands: Commands = {
  Echo: { input: { text: 'string?' }, run: ({ input }) => ({ answer: input['text'] ?? '' }) },

  // `userid` is the only output anybody has seen. A bad token comes back inside a good envelope: the trap that this sandbox is for.
  ValidateSessionToken: {
    input: { sessiontoken: 'string' },
    run: ({ state, input }) => {
      const userid = state.sessions.get(String(input['sessiontoken']));
      if (userid === undefined || state.faults.api === 'expired-session') return refuse('Invalid session token');
      return { userid };
    },
  },
};
