import { onTestFinished } from 'vitest';
import type { Api, Apis, RunOptions } from '../../src/microbizz/api/api.ts';
import { openApis, type ApisOptions } from '../../src/microbizz/api/tenant-apis.ts';
import { Secret } from '../../src/microbizz/domain/secret.ts';
import type { Tenant } from '../../src/microbizz/domain/tenant.ts';
import { sendJson, startFakeEndpoint, type Envelope, type FakeEndpoint } from '../support/fake-endpoint.ts';

export type Sent = Envelope['commands'][number] & Readonly<Record<string, unknown>>;

export interface ApiStory {
  readonly endpoint: FakeEndpoint;
  readonly apis: Apis;
  readonly api: Api;
  /** As the store has it; a test may connect it anew. */
  tenant: Tenant;
  /** What noteToken was told. */
  readonly noted: (number | undefined)[];
  clock: number;
  of(defaults?: RunOptions): Api;
}

export function buildTenant(endpoint: string, accesstoken = 'token-one'): Tenant {
  const credentials = { endpoint, contract: '2391', accesstoken: new Secret(accesstoken) };
  return { id: 1, host: new URL(endpoint).host, contract: '2391', solution: 'https://a.microbizz.dk', credentials };
}

/** An Api against an endpoint that answers what the test wants; pauses are a millisecond. */
export async function startApi(options: Partial<ApisOptions> = {}): Promise<ApiStory> {
  const endpoint = await startFakeEndpoint();
  const noted: (number | undefined)[] = [];
  const apis = openApis({
    store: {
      findTenant: async () => Promise.resolve(story.tenant),
      noteToken: async (_id, refusedAt) => {
        noted.push(refusedAt);
        const { id, host, contract, credentials, solution } = story.tenant;
        story.tenant = { id, host, contract, credentials, solution, ...(refusedAt !== undefined && { refusedAt }) };
        return Promise.resolve();
      },
    },
    now: () => story.clock,
    ...options,
    limits: { firstPause: 1, breakAfter: 1000, ...options.limits },
  });
  onTestFinished(() => apis.close());
  const tenant = buildTenant(endpoint.url);
  const story: ApiStory = {
    endpoint,
    apis,
    api: apis.of(tenant),
    tenant,
    noted,
    clock: 1_000_000,
    of: (defaults) => apis.of(story.tenant, defaults),
  };
  return story;
}

/** Makes the endpoint answer each command by itself, as Microbizz does: with haltonerror nothing follows a failed one. */
export function answerEach(endpoint: FakeEndpoint, answer: (sent: Sent) => object): void {
  endpoint.answer = (response, envelope) => {
    const results: object[] = [];
    for (const sent of envelope.commands) {
      const result = answer(sent);
      results.push(result);
      if ('haltonerror' in envelope && 'status' in result && result.status === 0) break;
    }
    sendJson(response, { status: 1, msg: 'OK', results, date: '2026-11-22', time: '04:00:00' });
  };
}

export function commandsOf(envelope: Envelope | undefined): Sent[] {
  return (envelope?.commands ?? []) as Sent[];
}
