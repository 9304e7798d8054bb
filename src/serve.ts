import { existsSync, writeSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.ts';
import { readConfig, type Config } from './config.ts';
import { messageOf } from './errors.ts';
import type { App } from './hooks/hooks.ts';
import { openServices } from './services.ts';

/** Milliseconds that an orderly end may take: whoever stops us (Docker, systemd) waits ten seconds. */
const grace = 9000;

/** One process for this app: environment → config → services → web server and worker → orderly close. */
export async function serve(env: NodeJS.ProcessEnv, app: App): Promise<void> {
  const config = getConfig(env);
  const services = openServices(config, app);
  const server = await buildApp(services, { stream: { write: writeLine } });
  services.work(server.log);

  closeWithGrace({ delay: grace, logger: false }, async ({ err }) => {
    if (err) server.log.fatal({ err }, 'stopping because of an error');
    await server.close();
    await services.close();
  });

  await server.listen({ host: config.HOST, port: config.PORT });
}

/**
 * pino's own way out tries for ever to write what a full disk does not take, and the server stands still with it (sonic-boom's flushSync
 * knows no end for ENOSPC). Here the line is lost, and the server goes on. There are few lines: one a failure.
 */
function writeLine(line: string): void {
  try {
    writeSync(1, line);
  } catch {
    // Nowhere to say it.
  }
}

function getConfig(env: NodeJS.ProcessEnv): Config {
  try {
    if (existsSync('.env')) loadEnvFile('.env');
    return readConfig(env);
  } catch (error) {
    process.stderr.write(
      `${messageOf(error)}\nThe server was not started. README.md and .env.example explain each setting.\n`,
    );
    process.exit(1);
  }
}
