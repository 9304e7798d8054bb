/** Milliseconds between two lines. */
const pause = 60_000;

/**
 * Events whose key has the right form and is none of this server's: after a key was lost or an older backup restored, every event of
 * every Microbizz is one. They are counted, and warned about at once and then once a minute: strangers can send them too.
 */
export function buildRefusedKeys(log: { warn(fields: object, message: string): void }): {
  count(): void;
  close(): void;
} {
  let refused = 0;
  let timer: NodeJS.Timeout | undefined;

  function say(): void {
    timer = undefined;
    if (refused === 0) return;
    log.warn(
      { refused },
      'events refused: their keys are not known here. Was APP_KEY changed, or an older backup restored? Those Microbizz must connect again',
    );
    refused = 0;
    timer = setTimeout(say, pause).unref();
  }
  return {
    count() {
      refused += 1;
      if (timer === undefined) say();
    },
    close() {
      clearTimeout(timer);
    },
  };
}
