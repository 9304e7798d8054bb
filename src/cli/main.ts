import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { Command } from 'commander';
import { readConfig } from '../config.ts';
import { messageOf } from '../errors.ts';
import { app } from '../hooks/hooks.ts';
import { openServices, type Services } from '../services.ts';
import { addEventsCommands } from './events-commands.ts';
import { addForwardsCommands } from './forwards-commands.ts';
import { addTenantsCommand } from './tenants-command.ts';

let opened: Services | undefined;

/** Opened by the command that needs it: `--help` works without settings. Beside a running server: both share the database. */
function services(): Services {
  return (opened ??= openServices(readConfig(process.env), app));
}

const program = new Command('appconnect').description('Look after the server. It may go on running meanwhile.');
addTenantsCommand(program, services);
addEventsCommands(program, services);
addForwardsCommands(program, services);

try {
  if (existsSync('.env')) loadEnvFile('.env');
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
} finally {
  await opened?.close();
}
