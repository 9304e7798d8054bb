import { ask } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import type { FakeMicrobizz, Reads } from './fake-microbizz.ts';
import {
  changed,
  freshAddress,
  isTaken,
  negotiate,
  sendEvent,
  lists,
  settle,
  type Connected,
  type Stage,
  type Victim,
} from './stage.ts';

interface Stand {
  readonly victim: Victim;
  readonly microbizz: FakeMicrobizz;
}

interface Scene extends Stand {
  /** The tenant that is to be taken over: another one for each attack. */
  readonly owner: Connected;
}

/** A customer with a contract of its own, 99, in the same Microbizz as the owner. */
const own = { contract: '99', token: 't99', session: 's99' };

async function open(stage: Stage): Promise<Stand> {
  const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
  microbizz.contracts.set(own.contract, own.token);
  microbizz.sessions.set(own.session, { contract: own.contract, userid: 1 });
  return { victim, microbizz };
}

let contracts = 2390;

async function addOwner({ victim, microbizz }: Stand): Promise<Scene> {
  microbizz.reads = 'body first';
  contracts += 1;
  const owner = await victim.connect(microbizz, String(contracts), freshAddress());
  await sendEvent(owner.url(changed), { id: contracts, text: 'a secret of the owner' });
  return { victim, microbizz, owner };
}

/** Whether the owner's pages are still the owner's, and what an attacker's installation may do to it. */
async function findLoss({ microbizz, owner }: Scene, planted?: Planted): Promise<string | undefined> {
  microbizz.reads = 'body first';
  const { contract } = owner;
  const mine = await ask(owner.page('user/menu'), { from: freshAddress() });
  if (mine.status !== 200) return `the owner's own page answers ${mine.status}`;
  const foreign = await ask(owner.page('user/menu', own.session), { from: freshAddress() });
  if (foreign.status === 200) return "the owner's page opens for the attacker's session";
  if (planted === undefined) return undefined;
  await settle(owner);
  const page = await ask(`${planted.menu}?sessiontoken=${own.session}`, { from: freshAddress() });
  if (lists(page, Number(contract))) return "the attacker's page shows the owner's history";
  const shown = await ask(owner.page('user/menu'), { from: freshAddress() });
  return lists(shown, plantedId) ? "the attacker's event is in the owner's history" : undefined;
}

const plantedId = 66_666;

interface Planted {
  readonly menu: string;
}

/** An installation of the attacker's, negotiated with whatever it likes, and an event sent to it. */
async function plant(
  { victim, microbizz }: Scene,
  fields: Readonly<Record<string, string>>,
  reads: Reads = 'body first',
): Promise<Planted> {
  const from = freshAddress();
  const request = await victim.begin({ solution: microbizz.origin, from });
  if (request === undefined) throw new Error('/connect shows no request');
  microbizz.reads = reads;
  await negotiate(request, { accesstoken: 'anything', ...fields }, from);
  await ask(request.returnurl, { from });
  const find = (path: string): string =>
    request.hooks.find((each) => `${each.modcode}/${each.hook}` === path)?.url ?? '';
  await sendEvent(find(changed), { id: plantedId }, from);
  return { menu: find('user/menu') };
}

function borrowed(origin: string): string {
  const commands = [{ command: 'ValidateSessionToken', sessiontoken: own.session }];
  const json = JSON.stringify({ contract: own.contract, accesstoken: own.token, commands });
  return `${origin}/api/endpoint.php?${new URLSearchParams({ json }).toString()}`;
}

/** Not the contract, but numbers or texts that some reader might take for it. */
const spellings: readonly ((contract: string) => string)[] = [
  (contract) => ` ${contract}`,
  (contract) => `${contract} `,
  (contract) => `0${contract}`,
  (contract) => `+${contract}`,
  (contract) => `${contract}.0`,
  (contract) => contract.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  (contract) => `${contract}\u200b`,
  (contract) => `${contract},`,
  (contract) => `0x${Number(contract).toString(16)}`,
  (contract) => `${contract}e0`,
];

/** Becoming somebody else's tenant. */
export const takeover: Section = {
  name: 'takeover',
  async attacks(stage) {
    const stand = await open(stage);
    const { microbizz } = stand;
    const { endpoint } = microbizz;
    const trying =
      (fields: (owner: Connected) => Record<string, string>, reads?: Reads): Attack['run'] =>
      async () => {
        const scene = await addOwner(stand);
        return findLoss(scene, await plant(scene, { contract: scene.owner.contract, ...fields(scene.owner) }, reads));
      };
    return [
      ...(['query first', 'body first', 'constant'] as const).map((reads): Attack => ({
        name: `an endpoint with an envelope of the attacker's in its query, at a Microbizz that is: ${reads}`,
        run: trying(() => ({ endpoint: borrowed(microbizz.origin) }), reads),
      })),
      {
        name: 'an endpoint that is an uploaded document with a constant answer',
        run: trying(() => ({ endpoint: `${microbizz.origin}/files/upload.json` }), 'constant'),
      },
      {
        name: "the owner's contract with a token of the attacker's",
        short: true,
        run: trying(() => ({ endpoint, accesstoken: own.token })),
      },
      { name: "the owner's contract with no token that Microbizz knows", run: trying(() => ({ endpoint })) },
      {
        name: "the owner's contract and a right token, by somebody who did not begin at the owner's (relay)",
        run: trying(({ token }) => ({ endpoint, accesstoken: token })),
      },
      {
        name: "the owner's contract at another port of the same host",
        async run() {
          const [scene, foreign] = [await addOwner(stand), await stage.microbizz()];
          const { contract } = scene.owner;
          foreign.contracts.set(contract, 'mine');
          return findLoss(scene, await plant(scene, { contract, endpoint: foreign.endpoint, accesstoken: 'mine' }));
        },
      },
      ...spellings.map((spell): Attack => ({
        name: `a contract spelled ${JSON.stringify(spell('2391'))} in place of "2391", at an endpoint that takes it`,
        run: trying((owner) => {
          const contract = spell(owner.contract);
          microbizz.contracts.set(contract, 'spelled');
          return { contract, endpoint, accesstoken: 'spelled' };
        }),
      })),
      {
        name: 'four activations at the same moment, one of them with a right token of another contract',
        async run() {
          const scene = await addOwner(stand);
          const { contract } = scene.owner;
          const tries = [own.token, 'a', 'b', 'c'].map((accesstoken) =>
            plant(scene, { contract, endpoint, accesstoken }),
          );
          const [planted] = await Promise.all(tries);
          return findLoss(scene, planted);
        },
      },
      {
        name: "an event to the attacker's own address that names the owner's contract",
        short: true,
        async run() {
          const scene = await addOwner(stand);
          const attacker = await scene.victim.connect(microbizz, '98', freshAddress());
          const { contract } = scene.owner;
          const answer = await sendEvent(attacker.url(changed), { id: plantedId, contract });
          return isTaken(answer) ? findLoss(scene, { menu: attacker.url('user/menu') }) : `HTTP ${answer.status}`;
        },
      },
      ...(await relay(stage)),
    ];
  },
};

/** Without CONNECT=open, as it is by default. */
async function relay(stage: Stage): Promise<Attack[]> {
  const victim = await stage.victim({ CONNECT: '' });
  return [
    {
      name: 'a stranger without an invitation gets an address that answers challenges',
      async run() {
        const request = await victim.begin({ from: freshAddress() });
        return request === undefined ? undefined : '/connect hands one out';
      },
    },
    {
      name: 'whoever has an open invitation has a challenge of his choice answered, and passes as this app elsewhere',
      byDesign: 'the protocol binds the hash to nothing: the invitation is what protects',
      run: () => Promise.resolve(undefined),
    },
  ];
}
