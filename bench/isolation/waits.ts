import { firstTenant } from './template.ts';
import { milliseconds, type Finding, type World } from './world.ts';
import { waitsOf, type Sent, type Waits } from './traffic.ts';

/** How long the others waited, against a bar for the p99. */
export function judgeWaits(what: string, waits: Waits, bar: number): Finding {
  const { count, p50, p99, missing } = waits;
  const left = missing === 0 ? '' : `, ${missing} never`;
  const measured = `p50 ${milliseconds(p50)} p99 ${milliseconds(p99)} of ${count}${left}`;
  return { what, measured, bar: `p99 ≤ ${milliseconds(bar)}`, well: count > 0 && missing === 0 && p99 <= bar };
}

/** Their handlers and their forwards. */
export function judgeOthers(what: string, world: World, sent: readonly Sent[], bar: number): Finding[] {
  return [
    judgeWaits(`${what}: others' handlers`, waitsOf(sent, world.handled()), bar),
    judgeWaits(`${what}: others' forwards`, waitsOf(sent, world.receivers.seen), bar),
  ];
}

/** Events that were acknowledged and are not in the database, of the tenants with these places in the plans and beyond. */
export function judgeLoss(what: string, world: World, sent: readonly Sent[], from = 0): Finding {
  const acknowledged = sent.filter(({ fate }) => fate === 'acknowledged').length;
  const lost = Math.max(0, acknowledged - world.count(`events WHERE tenant_id >= ${firstTenant + from}`));
  return { what, measured: `${lost} of ${acknowledged}`, bar: '0', well: lost === 0 };
}

/** One after the other would take too long, and more at once than there are cores would measure the machine. */
export async function inPairs<T>(items: readonly T[], run: (item: T) => Promise<Finding[]>): Promise<Finding[]> {
  const found: Finding[] = [];
  for (let at = 0; at < items.length; at += 2)
    found.push(...(await Promise.all(items.slice(at, at + 2).map(run))).flat());
  return found;
}
