import type { FrameLocator, Page } from 'playwright-core';
import type { Sandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { connect, startServer, startTestSandbox, type TestServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';

const day = 86_400_000;

export interface House {
  readonly sandbox: Sandbox;
  readonly server: TestServer;
  /** Moves the time of both sides to here. */
  setTime(time: number | string): void;
  passSeconds(seconds: number): void;
}

/** Sandbox and server on two sites, connected, at a time that is always the same: 5 May 2025, nine o'clock. */
export async function startHouse(settings: Readonly<Record<string, string>> = {}): Promise<House> {
  let now = Date.parse('2025-05-05T07:00:00Z');
  const sandbox = await startTestSandbox({ now: () => now });
  const server = await startServer({
    solution: sandbox.url,
    host: 'localhost',
    world: { now: () => now },
    settings: { GAP_INTERVAL_MINUTES: '10080', ...settings },
  });
  await connect(server, sandbox);
  await untilAsked(server);
  return {
    sandbox,
    server,
    setTime(time) {
      now = typeof time === 'number' ? time : Date.parse(time);
    },
    passSeconds(seconds) {
      now += seconds * 1000;
    },
  };
}

/** Four weeks of changes in eight objects; ends on 3 June 2025, 10.42 in Denmark. */
export async function changeForWeeks({ sandbox, server, setTime }: House): Promise<void> {
  const perDay = [4, 2, 5, 7, 3, 0, 0, 6, 9, 4, 3, 8, 1, 0, 5, 7, 12, 6, 4, 0, 0, 8, 5, 10, 3];
  for (const [date, changes] of perDay.entries()) {
    setTime(Date.parse('2025-05-06T07:30:00Z') + date * day);
    for (let at = 0; at < changes; at += 1) {
      if (at % 2 === 0) await sandbox.changeInvoiceLine(50101 + ((date + at) % 4));
      else await sandbox.changeProductUse(70201 + ((date + at) % 4));
    }
  }
  setTime('2025-06-03T08:42:00Z');
  await untilShown(server);
}

/** A page shows what is sorted and described, which comes a moment after the answer. */
export async function untilShown({ services }: TestServer): Promise<void> {
  await until(async () => {
    if ((await services.store.inbox.listUnsorted(1)).length > 0) return false;
    return (await services.store.describing.listUndescribed(1)) === undefined;
  }, 'the events to be shown');
}

/** Microbizz is asked for changes once a tenant has connected: a change at that moment would be found beside its event. */
export async function untilAsked({ services }: TestServer): Promise<void> {
  await until(async () => {
    const [tenant] = await services.connections.listTenants();
    const runs = tenant === undefined ? [] : await services.store.gaps.listRuns(tenant.id);
    return runs.some(({ endedAt }) => endedAt !== undefined);
  }, 'the first gap run to end');
}

/** The app's page in the sandbox's iframe. */
export function appIn(page: Page): FrameLocator {
  return page.frameLocator('iframe');
}
