import { inspect } from 'node:util';

/** A value that must not leave by accident: it prints as `[hidden]` in logs, JSON and templates; `reveal()` is the only way out. */
export class Secret {
  readonly #value: string | (() => string);

  /** @param value the value, or a function that opens it: a sealed value is opened only when, and as often as, it is needed. */
  constructor(value: string | (() => string)) {
    this.#value = value;
  }

  reveal(): string {
    return typeof this.#value === 'string' ? this.#value : this.#value();
  }

  toString(): string {
    return '[hidden]';
  }

  toJSON(): string {
    return '[hidden]';
  }

  [inspect.custom](): string {
    return '[hidden]';
  }
}
