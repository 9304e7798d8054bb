import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyInstance {
    readonly refusals: RefusalLog;
  }
}

type Level = 'info' | 'warn' | 'error';

interface Refused {
  readonly code?: string;
  readonly statusCode?: number | undefined;
  readonly message: string;
}

/** The log of refusals that anybody can cause without a good key: their requests do not fill the disk. */
export interface RefusalLog {
  /**
   * One line at once, then one per minute with the number of this code and message, and no line when there were none. The answer to the
   * first of them may repeat a stranger's text, and is cut and cleaned; the code never does. Refusals that a known tenant can cause thousands
   * of times per second are counted for each tenant.
   */
  count(error: Refused, message: string, options?: { level?: Level; tenant?: number | undefined }): void;
  /** Logs the counts since the last lines. */
  close(): void;
}

interface Tally {
  refused: number;
  example: string | undefined;
  readonly timer: NodeJS.Timeout;
  say(): void;
}

/** Milliseconds between two lines of one kind. */
const pause = 60_000;
/** Characters of an example. */
const longest = 200;

export function buildRefusalLog(log: Record<Level, (fields: object, message: string) => void>): RefusalLog {
  const tallies = new Map<string, Tally>();
  return {
    count({ code, statusCode, message: example }, message, { level = 'warn', tenant } = {}) {
      const kind = code ?? `HTTP ${statusCode ?? 400}`;
      const name = `${message}: ${kind} ${tenant ?? ''}`;
      const known = tallies.get(name);
      if (known !== undefined) {
        known.refused += 1;
        known.example ??= clean(example);
        return;
      }
      const tally: Tally = {
        refused: 1,
        example: clean(example),
        timer: setInterval(() => {
          if (tally.refused > 0) tally.say();
          else {
            clearInterval(tally.timer);
            tallies.delete(name);
          }
        }, pause).unref(),
        say() {
          log[level]({ tenant, kind, refused: tally.refused, example: tally.example }, message);
          tally.refused = 0;
          tally.example = undefined;
        },
      };
      tallies.set(name, tally);
      tally.say();
    },
    close() {
      for (const tally of tallies.values()) {
        clearInterval(tally.timer);
        if (tally.refused > 0) tally.say();
      }
      tallies.clear();
    },
  };
}

/** One for all rooms. Its last lines come when the server ends. */
export function registerRefusalLog(app: FastifyInstance): void {
  app.decorate('refusals', buildRefusalLog(app.log));
  app.addHook('onClose', (_app, done) => {
    app.refusals.close();
    done();
  });
}

/** JSON escapes line ends; this is for terminals that show the log to somebody. */
function clean(example: string): string {
  return example.slice(0, longest).replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ');
}
