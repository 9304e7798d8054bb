import { AsyncLocalStorage } from 'node:async_hooks';

/** The app's own code at work: a handler or a page. `about` names it in the log. */
interface Charge {
  readonly about: object;
  readonly fail: (error: unknown) => void;
}

const current = new AsyncLocalStorage<Charge>();

/**
 * Runs code of the app. An error that it throws where nobody waits for it (in a timer, in a promise without an `await`) rejects this
 * promise while it is open, instead of ending the process for everybody. Node keeps the context through timers, promises and I/O:
 * https://nodejs.org/api/async_context.html
 */
export function charge<T>(about: object, run: () => Promise<T>): Promise<T> {
  const stray = Promise.withResolvers<never>();
  // It may be rejected after the race is over.
  stray.promise.catch(() => undefined);
  return current.run({ about, fail: stray.reject }, () => Promise.race([run(), stray.promise]));
}

/** Fails the attempt of the app's code that this error came from, and says which it was. Undefined when the code was not the app's. */
export function takeStray(error: unknown): object | undefined {
  const charged = current.getStore();
  charged?.fail(error);
  return charged?.about;
}

/** The attempt that the running code belongs to, as JSON: the watchdog asks while this thread is held. */
export function describeCurrent(): string | undefined {
  const charged = current.getStore();
  return charged && JSON.stringify(charged.about);
}
