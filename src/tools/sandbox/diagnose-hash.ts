import { createHash } from 'node:crypto';
import type { PostAnswer } from './post-form.ts';

interface Expectation {
  readonly expected: string;
  readonly challenge: string;
  readonly secretkey: string;
}

/**
 * Says what is wrong with an app's answer to negotiate; empty when it is right. Strict, because how much Microbizz forgives is unknown:
 * HTTP 200 and exactly the 40 lower-case hex digits. The usual mistakes are named, so that nobody has to guess.
 */
export function diagnoseHash({ status, body }: PostAnswer, { expected, challenge, secretkey }: Expectation): string {
  if (status !== 200) return `the HTTP status is ${status}, expected is 200`;
  if (body === expected) return '';
  if (body === '') return 'the answer is empty';
  if (body.trim() === expected) return 'the hash is right, but there are blanks or line breaks around it';
  if (body.trim().toLowerCase() === expected) return 'the hash is right, but in upper case';
  if (body.includes(expected)) return 'the hash is right, but something else stands beside it';
  if (body === sha1(secretkey + challenge))
    return 'the two parts are in the wrong order: the challenge comes first, then the secret key';
  if (body === sha1(challenge)) return 'the challenge was hashed without the secret key';
  if (/^[0-9a-f]{40}$/.test(body)) return 'this is a hash, but not of this challenge and this secret key';
  return 'this is not a hash';
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
