import { changedNow } from './change-object.ts';
import { nextId } from './commands/store-object.ts';
import type { SandboxState } from './sandbox-state.ts';

/** As if somebody had typed them, for tests of paging and of gaps: copies of the few that there are. No event is sent. */
export function addInvoiceLines(state: SandboxState, count: number): number[] {
  const patterns = state.invoiceLines.slice(0, 4);
  const first = nextId(state.invoiceLines);
  const added = Array.from({ length: count }, (_, at) => ({
    ...structuredClone(patterns[at % patterns.length]),
    id: first + at,
    ...changedNow(state),
  }));
  state.invoiceLines.push(...added);
  return added.map(({ id }) => id);
}
