import { refuse, setOf, type Call, type Commands } from './command.ts';
import { storeObject } from './store-object.ts';

const parts = ['leader', 'member', 'viewer'] as const;

/** Ventu's page "User commands". */
export const userCommands: Commands = {
  CreateUpdateUser: {
    input: { user: 'user' },
    run: (call) => {
      const given = setOf(call.input['user']);
      const existing = call.state.users.find(({ id }) => id === given['id']);
      if (given['id'] && existing === undefined) return refuse('Unknown user');
      return { user: storeObject(call, 'user', given, existing) };
    },
  },
  // "Three elements leader, member, viewer": taken for a collection of three collections of ids. Anything but 1 and 0 leaves the membership as it is.
  AddUserToTeam: {
    input: { userid: 'number', teamid: 'number', leader: 'number?', member: 'number?', viewer: 'number?' },
    run: ({ state, input }) => {
      const userid = Number(input['userid']);
      const team = state.teams.find(({ id }) => id === input['teamid']);
      if (!state.users.some(({ id }) => id === userid)) return refuse('Unknown user');
      if (team === undefined) return refuse('Unknown team');
      for (const part of parts) {
        if (input[part] === 1) team[part].add(userid);
        if (input[part] === 0) team[part].delete(userid);
      }
      const listTeams = (part: (typeof parts)[number]) =>
        state.teams.filter((each) => each[part].has(userid)).map(({ id }) => id);
      return { teams: parts.map(listTeams) };
    },
  },
  SetTeamsByUserCode: {
    input: {
      ...{ usercode: 'string', leaderteams: 'collection?', memberteams: 'collection?', viewerteams: 'collection?' },
    },
    run: ({ state, input }) => {
      const user = state.users.find((each) => each.usercode === input['usercode']);
      if (user === undefined) return refuse('Unknown user');
      const wanted = parts.map((part) => ({ part, ids: textsOf(input[`${part}teams`]) }));
      if (wanted.some(({ ids }) => ids.some((id) => !state.teams.some((team) => String(team.id) === id))))
        return refuse('Unknown team');
      for (const { part, ids } of wanted)
        for (const team of state.teams) {
          if (ids.includes(String(team.id))) team[part].add(user.id);
          else team[part].delete(user.id);
        }
      return {};
    },
  },
  SetMembersByUserCode: {
    input: { teamid: 'string', leaders: 'collection?', members: 'collection?', viewers: 'collection?' },
    run: setMembers,
  },
};

function setMembers({ state, input }: Call): Record<string, unknown> {
  const team = state.teams.find(({ id }) => String(id) === input['teamid']);
  if (team === undefined) return refuse('Unknown team');
  const wanted = parts.map((part) => ({ part, codes: textsOf(input[`${part}s`]) }));
  if (wanted.some(({ codes }) => codes.some((code) => !state.users.some((user) => user.usercode === code))))
    return refuse('Unknown user');
  for (const { part, codes } of wanted) {
    team[part].clear();
    for (const user of state.users) if (codes.includes(user.usercode)) team[part].add(user.id);
  }
  return {};
}

/** The pages do not say what is in these collections: ids as numbers or as texts. */
function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
