import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.ts';
import { readConfig, type Config } from './config.ts';
import { messageOf } from './errors.ts';
import { app } from './hooks/hooks.ts';
import { openServices } from './services.ts';

function getConfig(): Config {
  try {
    if (existsSync('.env')) loadEnvFile('.env');
    return readConfig(process.env);
  } catch (error) {
    process.stderr.write(
      `${messageOf(error)}\nThe server was not started. README.md and .env.example explain each setting.\n`,
    );
    process.exit(1);
  }
}

const config = getConfig();
const services = openServices(config, app);
const server = await buildApp(services);
services.work(server.log);

closeWithGrace({ delay: 9000, logger: false }, async ({ err }) => {
  if (err) server.log.fatal({ err }, 'stopping because of an error');
  await server.close();
  await services.close();
});

await server.listen({ host: config.HOST, port: config.PORT });
