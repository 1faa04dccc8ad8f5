/** A controller that counts who listens to its signal, on every platform. */
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

  /** How many listeners the signal has now. */
  get listeners(): number {
    return this.#listeners.size;
  }
}

/** Values that are no signal. */
export const notSignals: readonly unknown[] = [
  1,
  "signal",
  true,
  Symbol("signal"),
  {},
  { aborted: false },
  { addEventListener(): void {} },
  { aborted: false, addEventListener: 1 },
  new AbortController(),
  () => {},
];
