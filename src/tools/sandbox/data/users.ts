import type { MicrobizzObject } from '../microbizz-object.ts';

/** INVENTED fields: the type user is in no readable page of Ventu's documentation. */
export type User = MicrobizzObject & {
  usercode: string;
  name: string;
  title: string;
  email: string;
  phone: string;
};

export function buildUsers(): User[] {
  return [
    user(11, 'AH', 'Anne Holm', 'Servicekoordinator', '20 11 22 33'),
    user(12, 'JSØ', 'Jørgen Sørensen', 'Elektriker', '20 11 22 34'),
    user(13, 'MÅ', 'Mette Ågaard', 'VVS-montør', '20 11 22 35'),
    user(14, 'KB', 'Kasper Bæk', 'Lærling', '20 11 22 36'),
  ];
}

function user(id: number, usercode: string, name: string, title: string, phone: string): User {
  const email = `${usercode.toLowerCase()}@nordvest-service.example`;
  return { id, usercode, name, title, email, phone: `+45 ${phone}`, isdeleted: 0 };
}

/** Who leads, belongs to and may look at a team, by user id. That a team has an id and a title is INVENTED. */
export interface Team {
  readonly id: number;
  readonly title: string;
  readonly leader: Set<number>;
  readonly member: Set<number>;
  readonly viewer: Set<number>;
}

export function buildTeams(): Team[] {
  return [
    { id: 1, title: 'El', leader: new Set([11]), member: new Set([12, 14]), viewer: new Set() },
    { id: 2, title: 'VVS og køl', leader: new Set([11]), member: new Set([13]), viewer: new Set([12]) },
  ];
}

/** Which user an object belongs to, in the three forms in which the documented types name users. */
export function nameUser(users: readonly User[], userid: number): { userid: number; usercode: string; usertext: string } {
  const found = users.find((each) => each.id === userid);
  if (found === undefined) throw new Error(`The sandbox has no user ${userid}.`);
  return { userid, usercode: found.usercode, usertext: found.name };
}
