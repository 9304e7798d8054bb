import type { Command } from 'commander';
import type { Services } from '../../server/services.ts';
import { printLine } from './print.ts';

export function addRetentionCommand(program: Command, services: () => Services): void {
  program
    .command('retention')
    .description('removing what is old')
    .command('confirm')
    .description('says that the clock is right, after the server refused to remove anything because of it')
    .action(async () => {
      const { store, now } = services();
      const time = now();
      await store.operator.noteSeen(time);
      printLine(`It is ${new Date(time).toISOString()}: what is older than it should be is removed within an hour.`);
    });
}
