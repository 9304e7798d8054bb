import { z } from 'zod';

const within = (most: number) =>
  z.string('is missing').min(1, 'is empty').max(most, `is longer than ${most} characters`);

/** What Microbizz POSTs to negotiateurl (seed 003). Fields may come that nobody has documented: they are passed over. */
export const Negotiation = z.object({
  endpoint: within(2048),
  contract: within(64).regex(/^[^\p{Cc}]*$/u, 'has control characters in it'),
  /** Opaque: one sample had 40 hexadecimal digits, and nothing says that others do. */
  accesstoken: within(4096),
  challenge: within(1024),
});
