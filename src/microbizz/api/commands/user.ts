import { command } from './define-command.ts';
import { collection } from './types/sets.ts';
import { user } from './types/undocumented.ts';
import { number, string, unstated } from './types/basic.ts';

export const userCommands = {
  CreateUpdateUser: command({
    description: 'Creates (user id 0) or overwrites a user.',
    source: 'wiki 20250958 / micropedia User commands',
    input: {
      user: user.describe('The user'),
    },
    output: {
      user: user.optional().describe('As stored'),
    },
  }),
  AddUserToTeam: command({
    description:
      'Adds/removes a user to/from a team, or reads the memberships when leader, member and viewer are all left out.',
    source: 'wiki 20250958 / micropedia User commands',
    input: {
      userid: number.describe('User'),
      teamid: number.describe('Team'),
      leader: number.optional().describe('1 make leader, 0 remove; anything else or absent: untouched'),
      member: number.optional().describe('1/0 likewise'),
      viewer: number.optional().describe('1/0 likewise'),
    },
    output: {
      teams: collection(unstated).describe('Three elements leader, member, viewer listing the user’s teams'),
    },
  }),
  SetTeamsByUserCode: command({
    description: 'Replaces the user’s team associations.',
    source: 'wiki 20250958 / micropedia User commands',
    input: {
      usercode: string.describe('User code'),
      leaderteams: collection(unstated).optional().describe('Team IDs'),
      memberteams: collection(unstated).optional().describe('Team IDs'),
      viewerteams: collection(unstated).optional().describe('Team IDs'),
    },
    output: {},
  }),
  SetMembersByUserCode: command({
    description: 'Replaces the users of a team.',
    source: 'wiki 20250958 / micropedia User commands',
    input: {
      teamid: string.describe('Team ID'),
      leaders: collection(unstated).optional().describe('User codes'),
      members: collection(unstated).optional().describe('User codes'),
      viewers: collection(unstated).optional().describe('User codes'),
    },
    output: {},
  }),
};
