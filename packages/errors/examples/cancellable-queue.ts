// A custom waiting call that follows the rules of the @aio packages: it is fair and cancellable, leaves no
// listener on the signal, and costs the same however many callers wait on one signal.
import {
  AbortListener,
  type CancelledError,
  type TimeoutError,
  type WaitOptions,
  cancellationError,
  signalOf,
} from "@aio/errors";

class Taker<T> extends AbortListener {
  readonly #takers: Set<Taker<T>>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: Error) => void;

  constructor(
    takers: Set<Taker<T>>,
    resolve: (value: T) => void,
    reject: (error: Error) => void,
    signal: AbortSignal | undefined,
  ) {
    super();
    this.#takers = takers;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal !== undefined) this.listenTo(signal);
  }

  give(value: T): void {
    this.#takers.delete(this);
    this.stopListening();
    this.#resolve(value);
  }

  override onAbort(error: CancelledError | TimeoutError): void {
    this.#takers.delete(this);
    this.#reject(error);
  }
}

class Queue<T> {
  readonly #values: T[] = [];
  readonly #takers = new Set<Taker<T>>();

  put(value: T): void {
    const [taker] = this.#takers;
    if (taker === undefined) this.#values.push(value);
    else taker.give(value);
  }

  async get(options?: WaitOptions): Promise<T> {
    const signal = signalOf(options);
    if (signal?.aborted) throw cancellationError(signal);
    const value = this.#values.shift();
    if (value !== undefined) return value;
    return new Promise<T>((resolve, reject) => {
      this.#takers.add(new Taker(this.#takers, resolve, reject, signal));
    });
  }
}

const queue = new Queue<string>();
const controller = new AbortController();
const first = queue.get({ signal: controller.signal });
const second = queue.get();

// The first is cancelled, so the next item goes to the second.
controller.abort("too late");
queue.put("apple");
await first.catch((error: Error) => console.log(error.name, error.cause)); // AbortError too late
console.log(await second); // apple
