import type { FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';
import { chooseLanguage } from '../http/language.ts';
import type { Keyring } from '../keys/keyring.ts';
import { readSessiontoken } from './check-session.ts';
import type { Visit } from './find-visit.ts';
import { openPass, type Pass } from './pass.ts';
import type { Values } from './read-values.ts';
import type { Sessions } from './sessions.ts';

export interface PassServices {
  readonly keyring: Keyring;
  readonly sessions: Sessions;
}

/** For the first page, as Microbizz opens it: its session is always asked for. */
export async function openSession(
  { sessions }: PassServices,
  { tenant }: Visit,
  sessiontoken: unknown,
  variables: Values,
): Promise<Pass> {
  const given = readSessiontoken(sessiontoken);
  const checked = await sessions.open(tenant, given);
  const openedAt = checked.checkedAt;
  return { ...checked, tenantId: tenant.id, openedAt, sessiontoken: given, variables, language: undefined };
}

/** From there on: one of ours, for this page. Its session is not asked for yet. */
export function readPass(
  { keyring }: PassServices,
  { place, tenant }: Visit,
  request: FastifyRequest,
  sealed: unknown,
): Pass {
  const pass = openPass(keyring, place, sealed);
  if (pass?.tenantId !== tenant.id)
    throw new Refusal('session-missing', 'The address has no usable sessiontoken, and no pass of this page.');
  if (pass.language !== undefined) chooseLanguage(request, pass.language);
  return pass;
}

/** … and now it is, when the last answer is too old. */
export async function confirmPass({ sessions }: PassServices, { tenant }: Visit, pass: Pass): Promise<Pass> {
  return { ...pass, ...(await sessions.confirm(tenant, pass)) };
}
