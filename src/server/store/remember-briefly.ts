/** Milliseconds for which an answer is remembered: a new accesstoken is used that much later. */
const memory = 1000;

/**
 * Asks once per second instead of for each event: a read outside a transaction takes and releases SQLite's locks, 20 µs, an eighth
 * of handling an event.
 */
export function rememberBriefly<T>(ask: (tenantId: number) => Promise<T>, now: () => number): typeof ask {
  const known = new Map<number, { until: number; answer: Promise<T> }>();
  return (tenantId) => {
    const found = known.get(tenantId);
    // Also asked again when the clock was set back.
    if (found !== undefined && now() < found.until && found.until - now() <= memory) return found.answer;
    const answer = ask(tenantId);
    known.set(tenantId, { until: now() + memory, answer });
    answer.catch(() => known.delete(tenantId));
    return answer;
  };
}
