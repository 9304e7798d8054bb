import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Refusal } from '../errors.ts';

const readers = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** A body without its Content-Encoding. A body that unpacks to more than `limit` bytes is refused, without unpacking the rest. */
export async function unpack(encoding: string, body: Buffer, limit: number): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return body;
  const reader = Object.hasOwn(readers, name) ? readers[name as keyof typeof readers] : undefined;
  if (reader === undefined)
    throw new Refusal(
      'unknown-media',
      `The Content-Encoding "${name}" is not understood: send gzip, deflate, br or none.`,
    );
  try {
    return await reader(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw Object.assign(new Error('The body unpacks to more than is taken.'), { statusCode: 413 });
    throw new Refusal('bad-request', `The body is not ${name}, though its Content-Encoding says so.`);
  }
}
