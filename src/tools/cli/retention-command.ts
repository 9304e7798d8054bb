import type { Command } from 'commander';
import type { Services } from '../../server/services.ts';
import { printLine } from './print.ts';

export function addRetentionCommand(program: Command, services: () => Promise<Services>): void {
  program
    .command('retention')
    .description('removal of old events')
    .command('confirm')
    .description('confirms that the clock is right, after the server refused to remove anything because of it')
    .action(async () => {
      const { store, now } = await services();
      const time = now();
      await store.operator.noteSeen(time);
      printLine(`It is ${new Date(time).toISOString()}: events past their retention are removed within an hour.`);
    });
}
