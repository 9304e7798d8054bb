import { randomBytes } from 'node:crypto';
import { Secret } from '../../microbizz/domain/secret.ts';
import { Refusal } from '../errors.ts';

const prefix = 'whsec_';

/** A secret as the Standard Webhooks specification writes it, of 32 random bytes. */
export function newWebhookSecret(): Secret {
  return new Secret(prefix + randomBytes(32).toString('base64'));
}

/** Reads a secret that a receiver chose: `whsec_` and the base64 of 24 to 64 bytes. */
export function readWebhookSecret(text: string): Secret {
  const encoded = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  const key = Buffer.from(encoded, 'base64');
  // Node's base64 accepts anything and skips unknown characters: encoding the result must give the input again.
  if (key.length < 24 || key.length > 64 || key.toString('base64') !== encoded)
    throw new Refusal('bad-request', 'The secret must be whsec_ and the base64 of 24 to 64 bytes.');
  return new Secret(text);
}
