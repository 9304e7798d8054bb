import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import { messageOf } from '../errors.ts';
import { keyFile, type Services } from '../services.ts';
import { examineTenants } from './examine-tenants.ts';
import type { Finding } from './finding.ts';
import { showTime } from './print.ts';

/** Everything that can be seen to be wrong, from the settings outwards. Ends early where the rest cannot be looked at. */
export async function* examine(config: () => Config, services: () => Services): AsyncGenerator<Finding> {
  let settings: Config;
  try {
    settings = config();
  } catch (error) {
    yield { state: 'wrong', says: messageOf(error), cure: 'Put them right in .env; .env.example explains each.' };
    return;
  }
  yield { state: 'good', says: 'The settings can be read.' };

  const keyThere = settings.APP_KEY !== undefined || existsSync(keyFile);
  // Looked at before anything is opened: opening would make both of them.
  if (!existsSync(settings.DATABASE_URL)) {
    yield {
      state: keyThere ? 'note' : 'good',
      says: `There is no database ${settings.DATABASE_URL} yet.`,
      cure: 'Start the server once: it makes it. If there was one, put it back, or mend DATABASE_URL.',
    };
    return;
  }
  if (!keyThere) {
    yield {
      state: 'wrong',
      says: `There is a database, but neither APP_KEY nor ${keyFile}: its tokens cannot be opened.`,
      cure: 'Put the key back from your backup. With a new one, every Microbizz must connect again.',
    };
    return;
  }
  yield { state: 'good', says: 'The key is there.' };

  let opened: Services;
  try {
    opened = services();
    await opened.store.checkWritable();
  } catch (error) {
    yield {
      state: 'wrong',
      says: `The database cannot be written: ${messageOf(error)}`,
      cure: 'Look whether the disk is full, and whether the file and its folder belong to the server’s user.',
    };
    return;
  }
  yield { state: 'good', says: 'The database can be written.' };
  yield* examineTenants(opened);
  yield* examineHooks(opened);
  yield* examineForwards(opened);
  yield* examineEvents(opened);
}

function* examineHooks({ gaps }: Services): Generator<Finding> {
  for (const path of gaps.unlisted)
    yield {
      state: 'note',
      says: `${path}: no command that lists its changes is known, so what is missed stays missed.`,
      cure: 'When there is one, name it as "gaps" of the hook, in src/hooks/.',
    };
}

async function* examineForwards({ forwards }: Services): AsyncGenerator<Finding> {
  for (const { id, url, paused, failingSince } of await forwards.list()) {
    const name = `Forward ${id} to ${new URL(url).host}`;
    if (paused !== undefined)
      yield {
        state: 'wrong',
        says: `${name} is paused: ${paused}`,
        cure: `Its events wait. "forwards test ${id}", then "forwards resume ${id}", or "forwards remove ${id}".`,
      };
    else if (failingSince !== undefined)
      yield {
        state: 'wrong',
        says: `${name} has been failing since ${showTime(failingSince)}.`,
        cure: `Look at the destination; "forwards test ${id}" tells what it answers.`,
      };
  }
}

async function* examineEvents({ store, forwards }: Services): AsyncGenerator<Finding> {
  const all = [undefined, ...(await forwards.list()).map(({ id }) => id)];
  for (const forwardId of all) {
    const of = forwardId === undefined ? {} : { forwardId };
    const dead = await store.operator.countEvents({ state: 'dead', ...of });
    const option = forwardId === undefined ? '' : ` --forward ${forwardId}`;
    if (dead > 0)
      yield {
        state: 'wrong',
        says: `${dead} ${dead === 1 ? 'event is' : 'events are'} dead${forwardId === undefined ? '' : ` for forward ${forwardId}`}: every attempt failed.`,
        cure: `"events list --state dead${option}" says why; then "events replay --state dead${option}", or "events remove …".`,
      };
  }
}
