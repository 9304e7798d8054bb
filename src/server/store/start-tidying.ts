import type { Store } from './ports/store.ts';

/** Milliseconds between two checks of the size of the write-ahead log. */
const pause = 60_000;

/** Keeps the write-ahead log short until the function that it answers is called. */
export function startTidying(
  { tidyLog }: Pick<Store, 'tidyLog'>,
  log: { error(fields: object, message: string): void },
): () => void {
  const timer = setInterval(() => {
    tidyLog().catch((err: unknown) => {
      log.error({ err }, 'the write-ahead log could not be cut');
    });
  }, pause).unref();
  return () => {
    clearInterval(timer);
  };
}
