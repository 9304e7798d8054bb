import { pauseReasons } from '../../server/forwards/pause-reasons.ts';
import { Environment, type Config } from '../../server/config.ts';
import { messageOf } from '../../microbizz/domain/message-of.ts';
import { findPlaces, isPostgres } from '../../server/places.js';
import type { Services } from '../../server/services.ts';
import { examineFiles } from './examine-files.ts';
import { examineServer } from './examine-server.ts';
import { examineStored } from './examine-stored.ts';
import { examineTenants } from './examine-tenants.ts';
import { examineSettings } from '../../server/settings-file.ts';
import type { Finding } from './finding.ts';
import { showTime } from './print.ts';

/** Milliseconds after which an event that waits is worth a word. */
const longWait = 3_600_000;

export interface Patient {
  readonly config: () => Config;
  readonly services: () => Promise<Services>;
  /** The file that settings were read from, if there is one. */
  readonly settingsFile: () => string | undefined;
  /** Checks the whole database, however large it is. */
  readonly full?: boolean;
}

/** Everything that can be seen to be wrong, from the settings outwards. Ends early where the rest cannot be examined. */
export async function* examine({ config, services, settingsFile, full = false }: Patient): AsyncGenerator<Finding> {
  let settings: Config;
  try {
    settings = config();
  } catch (error) {
    yield { state: 'wrong', says: messageOf(error), cure: 'Correct them in .env; .env.example explains each.' };
    return;
  }
  yield { state: 'good', says: 'The settings can be read.' };
  const file = settingsFile();
  for (const says of file === undefined ? [] : examineSettings(file, Object.keys(Environment.shape)))
    yield { state: 'note', says, cure: 'docs/operate.md explains how the file is read.' };

  const places = findPlaces(settings);
  // Looked at before anything is opened: what is wrong with it may not be made worse.
  const inFile = !isPostgres(settings.DATABASE_URL);
  const found = inFile ? examineStored(settings, places) : { findings: [], usable: true };
  yield* found.findings;
  if (!found.usable) return;

  let opened: Services;
  try {
    opened = await services();
    await opened.store.checkWritable();
  } catch (error) {
    yield {
      state: 'wrong',
      says: `The database cannot be written: ${messageOf(error)}`,
      cure: inFile
        ? 'Check whether the disk is full, and whether the file and its folder belong to the server’s user.'
        : 'Check whether PostgreSQL runs, accepts the user and password of DATABASE_URL, and has room on its disk.',
    };
    if (inFile) yield* examineFiles(settings, places, full);
    return;
  }
  yield { state: 'good', says: 'The database can be written.' };
  if (inFile) yield* examineFiles(settings, places, full);
  yield* examineServer(opened);
  yield* examineTenants(opened);
  yield* examineHooks(opened);
  yield* examineForwards(opened);
  yield* examineEvents(opened);
}

function* examineHooks({ gaps }: Services): Generator<Finding> {
  for (const path of gaps.unlisted)
    yield {
      state: 'note',
      says: `${path}: no command that lists its changes is known, so missed changes stay missed.`,
      cure: 'When there is one, name it as "gaps" of the hook, in src/app/.',
    };
}

async function* examineForwards({ forwards }: Services): AsyncGenerator<Finding> {
  for (const { id, url, paused, failingSince } of await forwards.list()) {
    const name = `Forward ${id} to ${new URL(url).host}`;
    if (paused !== undefined)
      yield {
        state: 'wrong',
        says: `${name} is paused: ${pauseReasons[paused]}`,
        cure: `Its events wait. "forwards test ${id}", then "forwards resume ${id}", or "forwards remove ${id}".`,
      };
    else if (failingSince !== undefined)
      yield {
        state: 'wrong',
        says: `${name} has been failing since ${showTime(failingSince)}.`,
        cure: `Check the destination; "forwards test ${id}" shows what it answers.`,
      };
  }
}

async function* examineEvents({ store, forwards, now }: Services): AsyncGenerator<Finding> {
  const oldest = await store.operator.oldestUnhandled();
  if (oldest !== undefined && now() - oldest > longWait)
    yield {
      state: 'note',
      says: `The oldest event that is not done came at ${showTime(oldest)}.`,
      cure: '"events list --state ready" says what it waits for; for a forward with "--forward <id>".',
    };
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
