import { z } from 'zod';
import { Refusal } from '../errors.ts';
import { readFieldBytes, readFields } from '../http/read-fields.ts';

const within = (most: number) =>
  z.string('is missing').min(1, 'is empty').max(most, `is longer than ${most} characters`);

/** Microbizz's POST to negotiateurl (docs/protocol.md §1). Undocumented fields may come: they are ignored. */
const Negotiation = z.object({
  endpoint: within(2048),
  contract: within(64).regex(/^[^\p{Cc}]*$/u, 'has control characters in it'),
  /** Opaque: one sample had 40 hexadecimal digits, and nothing says that others do. */
  accesstoken: within(4096),
  /** The documentation says only "a challenge string": the bytes that came are hashed, as PHP does, whatever text they are. */
  challenge: z
    .instanceof(Buffer, { message: 'is missing' })
    .refine(({ length }) => length > 0, 'is empty')
    .refine(({ length }) => length <= 1024, 'is longer than 1024 bytes'),
});

/** Throws a Refusal that names everything that is wrong. */
export function readNegotiation(contentType: string, body: Buffer): z.output<typeof Negotiation> {
  const challenge = readFieldBytes(contentType, body, 'challenge');
  const read = Negotiation.safeParse({ ...readFields(contentType, body), challenge });
  if (read.success) return read.data;
  const faults = read.error.issues.map((issue) => `"${issue.path.join('.')}" ${issue.message}`);
  throw new Refusal('bad-request', `The negotiation cannot be used: ${faults.join('; ')}.`);
}
