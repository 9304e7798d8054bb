import { writeSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { buildServer } from './build-server.ts';
import { Environment, readConfig, type Config } from './config.ts';
import { Refusal } from './errors.ts';
import { messageOf } from '../microbizz/domain/message-of.ts';
import type { App } from './define-app.ts';
import { openServices, type Services } from './services.ts';
import { examineSettings, loadSettings } from './settings-file.ts';
import { takeStray } from './strays.ts';
import { startWatchdog } from './watchdog/start-watchdog.ts';

/** Milliseconds that an orderly end may take: Docker and systemd wait ten seconds. */
const grace = 9000;

/** One process for this app: environment → config → services → web server and worker → orderly close. */
export async function serve(env: NodeJS.ProcessEnv, app: App): Promise<void> {
  const { services, file } = await open(env, app);
  const { config } = services;
  const server = await buildServer(services, { stream: { write: writeLine } });
  sayStart(services, file, server.log);
  closeOrderly(server, services);
  await server.listen({ host: config.HOST, port: config.PORT });
  // The answers come first, at the start too; and if the port is in use, the process ends before it has handled anything.
  startWatchdog();
  services.work(server.log);
}

/** Signals end the process, and so does an error of our own code that nobody waits for. Such an error of the app's code fails its attempt. */
function closeOrderly(server: FastifyInstance, services: Services): void {
  let cause: Error | undefined;
  const skip = ['uncaughtException', 'unhandledRejection'] as const;
  const { close } = closeWithGrace({ delay: grace, logger: false, skip: [...skip] }, async () => {
    await server.close();
    await services.close(cause);
    // Then the process ends with 1.
    if (cause) throw cause;
  });
  for (const event of skip) {
    process.on(event, (error: unknown) => {
      const about = takeStray(error);
      if (about !== undefined)
        server.log.error({ ...about, err: error }, 'an error got loose: a promise without await, or a timer');
      else {
        server.log.fatal({ err: error }, 'stopping because of an error');
        cause ??= error instanceof Error ? error : new Error(messageOf(error));
        close();
      }
    });
  }
}

/**
 * pino's own destination tries for ever to write to a full disk, and the server stands still meanwhile (sonic-boom's flushSync
 * has no limit for ENOSPC). Here the line is lost, and the server goes on. There are few lines: one per failure.
 */
function writeLine(line: string): void {
  try {
    writeSync(1, line);
  } catch {
    // Nowhere to say it.
  }
}

/** A fault of the settings, the key or the database is one sentence and no start; anything else is our own fault, with its stack. */
async function open(env: NodeJS.ProcessEnv, app: App): Promise<{ services: Services; file: string | undefined }> {
  let settings: { file: string | undefined; config: Config };
  try {
    settings = { file: loadSettings(env), config: readConfig(env) };
  } catch (error) {
    return refuse(
      `${messageOf(error)}\nThe server was not started. docs/operate.md and .env.example explain each setting.`,
    );
  }
  try {
    return { services: await openServices(settings.config, app), file: settings.file };
  } catch (error) {
    if (error instanceof Refusal) return refuse(`${error.message}\nThe server was not started.`);
    throw error;
  }
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function sayStart({ places, migrated }: Services, file: string | undefined, log: FastifyBaseLogger): void {
  log.info({ database: places.database, key: places.key, settings: file ?? 'the environment' }, 'starting');
  for (const done of migrated) log.info(done, 'the database was brought to the version of this program');
  for (const doubt of file === undefined ? [] : examineSettings(file, Object.keys(Environment.shape))) log.warn(doubt);
}
