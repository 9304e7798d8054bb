import type { JsonSet } from '../json-set.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { goError, type GoAnswer, type GoRequest } from './go-answer.ts';
import { showRecord, tellGoTime } from './go-files.ts';
import { goObjects } from './go-objects.ts';
import { ownCompany } from './go-state.ts';

/** The objects without a key: each is one thing that can be asked or done. */
export function answerSpecial(state: SandboxState, request: GoRequest, body: JsonSet, userid: number): GoAnswer {
  const { go } = state;
  switch (request.object) {
    case 'login':
      return logIn(state, body);
    case 'register':
      return register(state, body);
    case 'currentuser': {
      const user = go.records['user']?.find((each) => each['user_id'] === userid);
      const binary = request.query['include_binary_data'] === '1';
      return user === undefined
        ? goError(404, 'The user is gone')
        : { status: 200, document: showRecord(go, goObjects['user'] ?? { methods: [] }, user, binary) };
    }
    case 'deviceid':
      if (body['platform_name'] !== 'android' && body['platform_name'] !== 'ios')
        return goError(400, 'platform_name must be android or ios');
      if (typeof body['device_id_string'] !== 'string') return goError(400, 'device_id_string must be a string');
      return { status: 201, document: {} };
    case 'cancelsubscription':
      if (request.id === undefined) return goError(400, 'The ID of a company is needed');
      if (request.id !== String(ownCompany)) return goError(403, 'That is not your company');
      go.renewing = false;
      return { status: 200, document: {} };
    case 'paymenturl':
      return { status: 200, document: { url: `${state.origin}/pay?company=${ownCompany}` } };
    default: {
      const prices = { unit_price: 49, total_price: 98 };
      return {
        status: 200,
        document: { got_subscription: true, renewing: go.renewing, end_date: '2026-12-31', ...prices },
      };
    }
  }
}

/** The names of these fields are cut in every readable copy: INVENTED. */
function logIn(state: SandboxState, body: JsonSet): GoAnswer {
  const known = state.go.logins.get(String(body['username']));
  if (known === undefined || known.password !== body['password']) return goError(401, 'Wrong user name or password');
  return { status: 200, document: { access_token: mintGoToken(state, known.userid) } };
}

function register(state: SandboxState, body: JsonSet): GoAnswer {
  const { username, password } = body;
  if (typeof username !== 'string' || username === '' || typeof password !== 'string' || password === '')
    return goError(400, 'username and password are needed');
  if (state.go.logins.has(username)) return goError(400, 'That user name is taken');
  const users = state.go.records['user'] ?? [];
  const userid = users.length + 1;
  const now = tellGoTime(state.go);
  const dates = { create_date: now, change_date: now };
  users.push({ user_id: userid, company_ref: ownCompany, username, name: username, picture: null, ...dates });
  state.go.logins.set(username, { password, userid });
  return { status: 201, document: { access_token: mintGoToken(state, userid) } };
}

export function mintGoToken(state: SandboxState, userid: number): string {
  const token = state.mint(20);
  state.go.tokens.set(token, userid);
  return token;
}
