/**
 * Milliseconds that a handler and a receiver take for an event: some 2 mostly, and up to 5,000 for every tenth of some objects, so that a
 * kill also meets what has been under way for long. Fewer would hardly be met, and more would not be done with when 20 kills are over.
 */
export function timeFor({ id, sequence }: Readonly<Record<string, unknown>>): number {
  const isSlow = Number(id) % 2000 === 0 && Number(sequence) % 10 === 1;
  return Math.random() * (isSlow ? 5000 : 4);
}
