import { text } from 'node:stream/consumers';

/** An option's own text, or for `-` what is on standard input: other users of the machine can see command lines. */
export async function readSecret(given: string): Promise<string> {
  return given === '-' ? (await text(process.stdin)).trim() : given;
}
