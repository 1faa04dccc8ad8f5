/** A controller that counts the listeners of its signal, on every platform. */
export class CountingController extends AbortController {
  readonly #listeners = new Set<unknown>();

  constructor() {
    super();
    const { signal } = this;
    const add: typeof signal.addEventListener = signal.addEventListener.bind(signal);
    const remove: typeof signal.removeEventListener = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      this.#listeners.add(args[1]);
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      this.#listeners.delete(args[1]);
      remove(...args);
    };
  }

  /** The number of listeners on the signal. */
  get listeners(): number {
    return this.#listeners.size;
  }
}

/** A signal that is not the platform's: it calls its listeners as plain functions, without `this`. */
export class PlainSignal {
  aborted = false;
  readonly reason: unknown = "enough";
  readonly listeners = new Set<() => void>();
  addEventListener(_type: string, listener: () => void): void {
    this.listeners.add(listener);
  }
  removeEventListener(_type: string, listener: () => void): void {
    this.listeners.delete(listener);
  }
  abort(): void {
    this.aborted = true;
    for (const listener of this.listeners) listener();
  }
}

/** Values that are not signals, one without removeEventListener() included. */
export const notSignals: readonly unknown[] = [
  1,
  "signal",
  true,
  Symbol("signal"),
  {},
  { aborted: false },
  { addEventListener(): void {} },
  { aborted: false, addEventListener: 1 },
  { aborted: false, addEventListener(): void {} },
  new AbortController(),
  () => {},
];
