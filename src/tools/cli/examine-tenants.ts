import { ApiError } from '../../microbizz/api/api-error.ts';
import { hookPath } from '../../microbizz/domain/hook.ts';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { messageOf } from '../../microbizz/domain/message-of.ts';
import type { Services } from '../../server/services.ts';
import { nameTenant } from './find-tenant.ts';
import type { Finding } from './finding.ts';
import { showTime } from './print.ts';

/** Milliseconds for a tenant's Microbizz to answer. */
const patience = 10_000;

export async function* examineTenants(services: Services): AsyncGenerator<Finding> {
  const tenants = await services.connections.listTenants();
  if (tenants.length === 0)
    yield {
      state: 'note',
      says: 'No Microbizz is connected.',
      cure: 'The command "invite" prints a link that connects one.',
    };
  yield* examineGrants(services, tenants);
  // All are asked at once: one that does not answer takes its 10 s whole.
  const answers = tenants.map((tenant) => askEcho(services, tenant));
  for (const [at, tenant] of tenants.entries()) {
    const fault = await answers[at];
    yield fault === undefined
      ? { state: 'good', says: `${nameTenant(tenant)} answers.` }
      : { state: 'wrong', ...fault };
    for (const run of await services.gaps.runs(tenant.id)) {
      if (run.fault === undefined) continue;
      const since = run.since === undefined ? 'never was' : `was last ${run.since} (Microbizz’s time)`;
      yield {
        state: 'wrong',
        says: `${nameTenant(tenant)}: the search for missed ${hookPath(run)} ${since} complete: ${run.fault}`,
        cure: `"gaps run --tenant ${tenant.id}" tries it again.`,
      };
    }
  }
}

/** Connections that wait, and tenants that still need an older key. */
async function* examineGrants({ store }: Services, tenants: readonly Tenant[]): AsyncGenerator<Finding> {
  const waiting = await store.grants.listWaiting();
  if (waiting.length > 0)
    yield {
      state: 'note',
      says: `${waiting.length} ${waiting.length === 1 ? 'connection waits' : 'connections wait'} for approval.`,
      cure: '"tenants" lists them; then "tenants approve …" or "tenants revoke …".',
    };
  const older: string[] = [];
  for (const tenant of tenants)
    if ((await store.grants.listAddresses(tenant.id)).some(({ underFirstKey }) => !underFirstKey))
      older.push(nameTenant(tenant));
  if (older.length > 0)
    yield {
      state: 'note',
      says: `${older.length} of ${tenants.length} tenants have addresses under an older key of APP_KEY: ${older.join(', ')}.`,
      cure: 'Keep that key. Without it: connect each again ("invite --tenant …"), then "tenants revoke" the older addresses.',
    };
}

/** What went wrong, and what to do about it; undefined when the tenant's Microbizz took a command. */
async function askEcho({ apis, links }: Services, tenant: Tenant): Promise<Omit<Finding, 'state'> | undefined> {
  const name = nameTenant(tenant);
  try {
    tenant.credentials.accesstoken.reveal();
  } catch (error) {
    return { says: `${name}: ${messageOf(error)}`, cure: 'Put the key back into APP_KEY, after the one in use.' };
  }
  try {
    await apis.of(tenant, { timeout: patience }).run('Echo', { text: 'doctor' });
    return undefined;
  } catch (error) {
    const { refusedAt } = tenant;
    if (refusedAt === undefined && !(error instanceof ApiError && error.kind === 'token'))
      return {
        says: `${name} does not answer as it should: ${messageOf(error)}`,
        cure: 'Check whether that Microbizz is up, and reachable from here. Events are still accepted.',
      };
    const since = refusedAt === undefined ? '' : ` since ${showTime(refusedAt)}`;
    return {
      says: `${name} refuses this app${since}.`,
      cure: `Connect again, as an administrator there, with this link (good once, 7 days): ${links.reconnect(tenant.id)}`,
    };
  }
}
