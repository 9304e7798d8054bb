import { ApiError } from '../api/api.ts';
import { hookPath } from '../domain/hook.ts';
import { solutionOf, type Tenant } from '../domain/tenant.ts';
import { messageOf } from '../errors.ts';
import { connectUrl } from '../http/connect-url.ts';
import type { Services } from '../services.ts';
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
      cure: `Open ${services.config.PUBLIC_URL}/connect in a browser.`,
    };
  // All are asked at once: one that does not answer takes its 10 s whole.
  const answers = tenants.map((tenant) => askEcho(services, tenant));
  for (const [at, tenant] of tenants.entries()) {
    const fault = await answers[at];
    yield fault === undefined
      ? { state: 'good', says: `${nameTenant(tenant)} answers.` }
      : { state: 'wrong', ...fault };
    for (const run of await services.gaps.runs(tenant.id)) {
      if (run.fault === undefined) continue;
      const since = run.since === undefined ? 'never was' : `was last ${run.since} (Microbizz’ time)`;
      yield {
        state: 'wrong',
        says: `${nameTenant(tenant)}: the search for missed ${hookPath(run)} ${since} complete: ${run.fault}`,
        cure: `"gaps run --tenant ${tenant.id}" tries it again.`,
      };
    }
  }
}

/** What went wrong, and what to do about it; undefined when the tenant's Microbizz took a command. */
async function askEcho({ apis, config }: Services, tenant: Tenant): Promise<Omit<Finding, 'state'> | undefined> {
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
        cure: 'Look whether that Microbizz is up, and reachable from here. Events are taken meanwhile.',
      };
    const since = refusedAt === undefined ? '' : ` since ${showTime(refusedAt)}`;
    return {
      says: `${name} refuses this app${since}.`,
      cure: `Connect again: ${connectUrl(config.PUBLIC_URL, solutionOf(tenant.credentials.endpoint))}`,
    };
  }
}
