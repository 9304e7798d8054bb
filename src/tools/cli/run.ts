import { Command, CommanderError } from 'commander';
import { readConfig, type Config } from '../../server/config.ts';
import { messageOf } from '../../microbizz/domain/message-of.ts';
import { app } from '../../app/app.ts';
import { openServices, type Services } from '../../server/services.ts';
import { loadSettings } from '../../server/settings-file.ts';
import { addApiCommand } from './api-command.ts';
import { addBackupCommands } from './backup-commands.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addEventsCommands } from './events-commands.ts';
import { addForwardsCommands } from './forwards-commands.ts';
import { addGapsCommands } from './gaps-commands.ts';
import { addGoCommand } from './go-command.ts';
import { addKeyCommand } from './key-command.ts';
import { addInviteCommands } from './invite-commands.ts';
import { addMigrateStoreCommand } from './migrate-store-command.ts';
import { printError } from './print.ts';
import { addRetentionCommand } from './retention-command.ts';
import { addTenantsCommand } from './tenants-command.ts';

/** Does what the words of a command line say, and closes what that has opened. What failed is told, and in the process' exit code. */
export async function run(env: NodeJS.ProcessEnv, words: readonly string[]): Promise<void> {
  let opened: Promise<Services> | undefined;
  let settingsFile: string | undefined;
  const config = (): Config => readConfig(env);
  // Opened by the command that needs it: `--help` works without settings. Beside a running server: both share the database.
  const services = (): Promise<Services> => (opened ??= openServices(config(), app, undefined, 'command'));

  const program = new Command('appconnect').description('Look after the server. It may go on running meanwhile.');
  // By itself it ends the process; its commands have this from it.
  program.exitOverride();
  addTenantsCommand(program, services);
  addInviteCommands(program, services);
  addEventsCommands(program, services);
  addForwardsCommands(program, services);
  addApiCommand(program, services);
  addGapsCommands(program, services);
  addGoCommand(program, config);
  addBackupCommands(program, config);
  addMigrateStoreCommand(program, config);
  addRetentionCommand(program, services);
  addKeyCommand(program, config);
  addDoctorCommand(program, { config, services, settingsFile: () => settingsFile });

  try {
    settingsFile = loadSettings(env);
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    // What commander refuses it has told by itself, and --help is no error.
    if (!(error instanceof CommanderError)) printError(messageOf(error));
    process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
  } finally {
    await (await opened?.catch(() => undefined))?.close();
  }
}
