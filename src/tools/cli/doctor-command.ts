import type { Command } from 'commander';
import { examine, type Patient } from './examine.ts';
import type { Finding } from './finding.ts';
import { printJson, printLine } from './print.ts';

export function addDoctorCommand(program: Command, patient: Patient): void {
  program
    .command('doctor')
    .description('checks whether everything is in order, and says what to do if it is not')
    .option('--full', 'checks the whole database: some seconds per gigabyte')
    .option('--json', 'for machines')
    .action(async ({ full = false, json }: { full?: boolean; json?: boolean }) => {
      const findings: Finding[] = [];
      for await (const finding of examine({ ...patient, full })) {
        findings.push(finding);
        if (json !== true) print(finding);
      }
      if (json === true) printJson(findings);
      if (findings.some(({ state }) => state === 'wrong')) process.exitCode = 1;
    });
}

function print({ state, says, cure }: Finding): void {
  const [first = '', ...more] = says.split('\n');
  printLine(`${state.padEnd(5)}  ${first}`);
  for (const line of more) printLine(`       ${line}`);
  if (cure !== undefined) printLine(`       → ${cure}`);
}
