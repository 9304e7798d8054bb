import type { Generator } from '../load/run-load.ts';
import type { Plan } from '../options.ts';
import type { Template } from '../servers/template.ts';

/** What the parts share. */
export interface Context {
  readonly plan: Plan;
  readonly generator: Generator;
  readonly template: Template;
  /** Says where the benchmark is, to one who waits. */
  readonly say: (line: string) => void;
}
