/** An answer's body as UTF-8 text, without the byte order mark that a PHP file saved with one puts in front; undefined, and the rest not read, when it has more than `limit` bytes. */
export async function readBody(
  body: AsyncIterable<Uint8Array> & { destroy(): void },
  limit: number,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) {
      body.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
